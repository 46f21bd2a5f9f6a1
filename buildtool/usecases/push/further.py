"""The further tags of an image (`latest`, a branch, `pr-12`) in a plan: written, moved, or left where they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildtool.core.registry.contents import Manifest


class FurtherFate(StrEnum):
    """What a run does with one further tag."""

    NEW = "new"
    MOVES = "moves"
    THERE = "there"  # it points at the image already
    STAYS = "stays"
    LEFT_OUT = "left out"  # this run has no such tag


@dataclass(frozen=True, slots=True)
class Further:
    """One further tag of one image. `why` says where it comes from, or why it is not written.

    `before` is the manifest that it points at now, None where there is none.
    """

    template: str
    tag: str
    fate: FurtherFate
    why: str = ""
    before: Manifest | None = None

    @property
    def written(self) -> bool:
        return self.fate in {FurtherFate.NEW, FurtherFate.MOVES}
