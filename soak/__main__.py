"""`python -m soak [--kills N] [--signals N] [--races N] [--faults N] [--seed N]`: a table; 1 for a broken promise.

Needs a container engine with buildx and a registry program, as `make test` sets them up. A push of two images from
scratch takes about a second on an idle machine; the defaults take some hours.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import engine as engines
from realparts import registry
from soak.disturbed import interruptions, kills
from soak.faults import faults
from soak.races import CLONES, races
from soak.table import markdown
from soak.world import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from soak.table import Row


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m soak")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--signals", type=int, default=100)
    parser.add_argument("--races", type=int, default=20, help=f"pushes, {CLONES} at a time, half of them with one home")
    parser.add_argument("--faults", type=int, default=10, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    engine = engines.find()
    if engine is None:
        print("no container engine answers: make up starts one", file=sys.stderr)
        return 2
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        server = registry.create(f"soak-registry-{os.getpid()}", Path(folder) / "registry")
        server.start()
        try:
            sites = (Site(Path(folder) / str(n), server.address, engine.environment) for n in range(1 << 10))
            rows = list(_rows(sites, options))
        finally:
            server.stop()
    print(markdown(rows))
    print(f"\n{sum(row.times for row in rows)} disturbed runs in {time.monotonic() - began:.0f} s, seed {options.seed}")
    broken = [f"{row.name}: {promise}: {words}" for row in rows for promise, words in row.broken]
    for line in broken:
        print(line)
    return 1 if broken else 0


def _rows(sites: Iterator[Site], options: argparse.Namespace) -> Iterator[Row]:
    """Each experiment in a repository of its own."""
    dice = random.Random(options.seed)
    rounds = options.races // CLONES
    experiments: list[tuple[int, Callable[[Site, int], list[Row]]]] = [
        (options.kills, lambda site, times: [kills(site, times, dice)]),
        (options.signals, lambda site, times: [interruptions(site, times, dice)]),
        (rounds // 2, lambda site, times: [races(site, times, common=False)]),
        (rounds - rounds // 2, lambda site, times: [races(site, times, common=True)]),
        (options.faults, lambda site, times: faults(site, times, dice)),
    ]
    for times, experiment in experiments:
        if times > 0:
            site = next(sites)
            yield from experiment(site, times)
            site.forget()


if __name__ == "__main__":
    sys.exit(main())
