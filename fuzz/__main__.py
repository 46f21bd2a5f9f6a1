"""`python -m fuzz [--cases N] [--seed N] [--jobs N] [TARGET…]`: a table and the findings; ends with 1 if there is one.

`--show TARGET NUMBER` prints one case, to make a test of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from fuzz.cases import case
from fuzz.runner import guarded
from fuzz.targets import TARGETS

if TYPE_CHECKING:
    from fuzz.runner import Finding
    from fuzz.target import Target


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz")
    parser.add_argument("--cases", type=int, default=100_000, help="of all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, metavar="NUMBER")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    options = parser.parse_args(argv)
    unknown = [name for name in options.targets if name not in TARGETS]
    if unknown:
        parser.error(f"no target is called {unknown[0]!r} (there are: {', '.join(TARGETS)})")
    chosen = [TARGETS[name] for name in options.targets or TARGETS]
    if options.show is not None:
        sys.stdout.buffer.write(case(chosen[0], options.seed, options.show))
        return 0
    shares = sum(target.share for target in chosen)
    counts = {target.name: max(1, round(options.cases * target.share / shares)) for target in chosen}
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda target: _one(target, options.seed, counts[target.name]), chosen))
    return _report(results)


def _one(target: Target, seed: int, count: int) -> tuple[Target, int, float, list[Finding]]:
    began = time.monotonic()
    found = guarded(target, seed, count)
    return target, count, time.monotonic() - began, found


def _report(results: list[tuple[Target, int, float, list[Finding]]]) -> int:
    kinds = ("exception", "slow", "memory", "stall")
    print(f"{'target':<16}{'cases':>8}{'seconds':>9}" + "".join(f"{kind:>11}" for kind in kinds))
    for target, count, seconds, found in results:
        numbers = [sum(finding.kind == kind for finding in found) for kind in kinds]
        print(f"{target.name:<16}{count:>8}{seconds:>9.1f}" + "".join(f"{number:>11}" for number in numbers))
    every = [finding for _, _, _, found in results for finding in found]
    shown = {(finding.target, finding.kind, finding.words.partition(":")[0]): finding for finding in reversed(every)}
    for finding in reversed(shown.values()):
        print(f"{finding.target} {finding.number}: {finding.kind}: {finding.words}")
    print(f"{sum(count for _, count, _, _ in results)} cases, {len(every)} findings")
    return 1 if every else 0


if __name__ == "__main__":
    sys.exit(main())
