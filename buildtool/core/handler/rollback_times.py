"""When images were rolled back, told by the tags of a repository alone: a service that asks this needs no disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.marks import ROLLED_BACK, mark_for
from buildtool.core.commit.tags import parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.commit.tags import ParsedTag

DAY = 86_400  # seconds


def rollback_times(tags: Iterable[str]) -> list[int]:
    """Unix seconds of each finished rollback, oldest first; marks that are over count too.

    A rollback leaves a mark of the bad tag, and a later tag of a commit that had a tag before the bad one. A mark
    alone is a rollback that was stopped in between.
    """
    every = list(tags)
    ours = [parsed for parsed in map(parse_tag, every) if parsed and not parsed.dirty]
    bad = [parse_tag(tag.removeprefix(ROLLED_BACK)) for tag in every if tag.startswith(ROLLED_BACK)]
    times = {time for one in bad if one is not None and (time := _finished(one, ours)) is not None}
    return sorted(times)


def is_begun(bad: str, tags: Iterable[str]) -> bool:
    """Whether the mark of this tag is there, and the rollback behind it was not finished."""
    every = list(tags)
    parsed = parse_tag(bad)
    if mark_for(bad) not in every or parsed is None:
        return False
    return _finished(parsed, [one for one in map(parse_tag, every) if one and not one.dirty]) is None


def within(times: Iterable[int], now: int, seconds: int) -> list[int]:
    """Those of the last `seconds` before `now`; one in the future counts, for clocks differ."""
    return [time for time in times if time > now - seconds]


def _finished(bad: ParsedTag, ours: list[ParsedTag]) -> int | None:
    """The time of the first tag after the bad one that publishes an older commit again."""
    older = {(one.branch, one.sha) for one in ours if one.time < bad.time} - {(bad.branch, bad.sha)}
    again = [one.time for one in ours if one.time > bad.time and (one.branch, one.sha) in older]
    return min(again, default=None)
