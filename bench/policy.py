"""Selection over 100,000 tags, beside what one would write by hand, and beside google-re2's own wrapper."""

from __future__ import annotations

import json
import random
import re
from functools import partial
from typing import TYPE_CHECKING

import re2

from bench.table import Table, cold, megabytes, peak, seconds, warm
from buildtool.core.flux.policy import Choice, FilterTags, ImagePolicy, select

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Call: TypeAlias = Callable[[], object] | None
    Case: TypeAlias = tuple[str, ImagePolicy, list[str], Call, Call]  # the last two: by hand, with re2's wrapper

TAGS = 100_000
PATTERN = r"^(?:main|master)-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$"
TO_RE2 = r"^(?:main|master)-(?:[a-z0-9]+-?)+-(?P<ts>[0-9]+)$"


def run() -> Table:
    """One row a case: the whole process, the function alone, its memory, and others doing the same."""
    rows = [_row(*case) for case in _cases()]
    notes = (
        "process: buildtool policy eval, one line of all tags, with the start of Python; function: warm, median of 7",
        "by hand: re, float, max, without Flux's rules; re2 wrapper: the same with google-re2's search()",
    )
    head = (f"{TAGS:,} tags", "process", "function", "peak memory", "by hand", "re2 wrapper")
    return Table("policy: what Flux selects", head, rows, notes)


def _cases() -> list[Case]:
    random_source = random.Random(7)  # noqa: S311 -- the same tags each time
    hashes = [f"{random_source.getrandbits(28):07x}" for _ in range(TAGS)]
    times = random_source.sample(range(1_600_000_000, 1_800_000_000), TAGS)
    middle = [f"{sha}-{when}" for sha, when in zip(hashes, times, strict=True)]
    ours = [f"{'main' if n % 8 else 'feature-x'}-{rest}" for n, rest in enumerate(middle)]
    numbers = [str(when) for when in times]
    versions = [f"v{n % 7}.{n % 311}.{n}" for n in range(TAGS)]
    take = FilterTags(PATTERN, "$ts")
    by_hand, wrapper = partial(_searched, re.compile(PATTERN), ours), partial(_searched, re2.compile(PATTERN), ours)
    return [
        ("numerical, filter", ImagePolicy(filter=take, choice=Choice(numerical="asc")), ours, by_hand, wrapper),
        ("alphabetical, filter", ImagePolicy(filter=take, choice=Choice(alphabetical="asc")), ours, by_hand, wrapper),
        (
            "semver, filter",
            ImagePolicy(filter=FilterTags(r"^v(?P<v>\d+\.\d+\.\d+)$", "$v"), choice=Choice(semver=">=1.0.0 <6.0.0")),
            versions,
            None,
            None,
        ),
        (
            "numerical, filter left to RE2",
            ImagePolicy(filter=FilterTags(TO_RE2, "$ts"), choice=Choice(numerical="asc")),
            ours,
            None,
            partial(_searched, re2.compile(TO_RE2), ours),
        ),
        ("numerical", ImagePolicy(choice=Choice(numerical="asc")), numbers, partial(_largest, numbers), None),
        ("alphabetical", ImagePolicy(choice=Choice(alphabetical="asc")), ours, partial(max, ours), None),
        ("semver", ImagePolicy(choice=Choice(semver=">=1.0.0 <6.0.0")), versions, None, None),
    ]


def _row(
    name: str,
    policy: ImagePolicy,
    tags: list[str],
    by_hand: Call,
    wrapper: Call,
) -> list[str]:
    call = partial(select, policy, tags)
    return [
        name,
        seconds(cold(["-m", "buildtool", "policy", "eval"], _line(policy, tags))),
        seconds(warm(call)),
        megabytes(peak(call)),
        seconds(warm(by_hand)) if by_hand else "",
        seconds(warm(wrapper, runs=3)) if wrapper else "",
    ]


def _line(policy: ImagePolicy, tags: list[str]) -> bytes:
    case: dict[str, object] = {"id": 1, "tags": tags}
    kind = policy.choice.kinds[0]
    case["policy"] = {kind: {"range" if kind == "semver" else "order": getattr(policy.choice, kind)}}
    if policy.filter is not None:
        case |= {"pattern": policy.filter.pattern, "extract": policy.filter.extract}
    return json.dumps(case).encode() + b"\n"


def _searched(pattern: re.Pattern[str], tags: list[str]) -> str:
    """What one writes by hand; google-re2's patterns answer the same calls."""
    matches = [found for found in map(pattern.search, tags) if found]
    return max(matches, key=lambda found: float(found.group("ts"))).string


def _largest(tags: list[str]) -> str:
    return max(tags, key=float)
