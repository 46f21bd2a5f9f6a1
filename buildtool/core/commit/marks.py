"""Mark tags: `rolled-back-<tag>` and `withdrawn-<tag>`, which no policy selects and which record a rollback.

A rollback publishes the good image again under a newer time, and gives the bad image a second tag, `rolled-back-<bad
tag>`. That tag is the only record of the rollback: there is no file and no database. `withdrawn-<tag>` keeps an image
whose own tag was taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import MAX_LENGTH, parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.commit.tags import ParsedTag

ROLLED_BACK = "rolled-back-"
WITHDRAWN = "withdrawn-"


@dataclass(frozen=True, slots=True)
class RolledBack:
    """A mark in force: `mark` is the tag that says it, `tag` the bad tag (its end, where that was too long)."""

    mark: str
    tag: str

    @property
    def parsed(self) -> ParsedTag | None:
        """The parts of the bad tag; None for a tag that is not one of ours."""
        return parse_tag(self.tag)


def mark_for(tag: str, prefix: str = ROLLED_BACK) -> str:
    """The mark of a tag, at most 128 characters: of a longer one its beginning is left out, commit and time stay."""
    return prefix + tag[-(MAX_LENGTH - len(prefix)) :]


def is_mark(tag: str) -> bool:
    return tag.startswith((ROLLED_BACK, WITHDRAWN))


def rolled_back(tags: Iterable[str]) -> list[RolledBack]:
    """The marks in force among all tags of a repository, oldest bad tag first.

    A mark is over when its commit was published again under a newer time: by `rollback --to`, or on purpose.
    """
    every = list(tags)
    ours = [parsed for parsed in map(parse_tag, every) if parsed and not parsed.dirty]
    marks = [RolledBack(tag, tag.removeprefix(ROLLED_BACK)) for tag in every if tag.startswith(ROLLED_BACK)]
    in_force = [mark for mark in marks if not _is_over(mark, ours)]
    return sorted(in_force, key=lambda mark: (mark.parsed.time if mark.parsed else 0, mark.tag))


def is_rolled_back(tag: str, tags: Iterable[str]) -> bool:
    """Whether this very tag carries a mark in force."""
    return mark_for(tag) in {mark.mark for mark in rolled_back(tags)}


def when(bad: RolledBack, tags: Iterable[str]) -> int | None:
    """Unix seconds of the rollback: the time of the first tag after the bad one; None where there is none."""
    if bad.parsed is None:
        return None
    times = [parsed.time for parsed in map(parse_tag, tags) if parsed and parsed.time > bad.parsed.time]
    return min(times, default=None)


def _is_over(mark: RolledBack, ours: Iterable[ParsedTag]) -> bool:
    bad, cut = mark.parsed, len(mark.mark) == MAX_LENGTH
    return bad is not None and any(
        one.sha == bad.sha
        and (one.branch == bad.branch or (cut and one.branch.endswith(bad.branch)))
        and one.time > bad.time
        for one in ours
    )
