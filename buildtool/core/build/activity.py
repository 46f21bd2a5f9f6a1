"""Whether somebody builds on a builder: from `docker buildx du --verbose`, the records that a build holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RECLAIMABLE = re.compile(r"^Reclaimable:[ \t]*(true|false)[ \t]*$", re.MULTILINE)
_DESCRIPTION = re.compile(r"^Description:[ \t]*(.*)$", re.MULTILINE)
_TOTAL = re.compile(r"^Total:", re.MULTILINE)
# BuildKit holds base images after the build as well, when several builds took the same one at once. [run]
_BASE = "pulled from "


@dataclass(frozen=True, slots=True)
class Activity:
    """Whether a builder works for anybody now: None where that cannot be known. `words` say how that was found."""

    busy: bool | None
    words: str


def records_in_use(text: str) -> int | None:
    """How many records a build holds: its contexts, and what its steps write; None where it is no such text.

    A record that cannot be reclaimed is held. That a base image is held says nothing: every build holds its Dockerfile,
    too.
    """
    if not _TOTAL.search(text):
        return None
    return sum(_held(record) for record in re.split(r"\n(?=ID:)", text))


def _held(record: str) -> bool:
    reclaimable, description = _RECLAIMABLE.search(record), _DESCRIPTION.search(record)
    held = reclaimable is not None and reclaimable[1] == "false"
    return held and not (description is not None and description[1].startswith(_BASE))
