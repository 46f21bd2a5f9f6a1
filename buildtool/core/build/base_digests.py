"""The digests of base images: as an image says that it was built from, and as registries have them now."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.image.makings import Makings

_ENTRY = re.compile(r"(?P<reference>[^\s@]{1,600})@(?P<digest>sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class BaseDigests:
    """The base images of one image, and of those that it is built on, as their registries have them now.

    `digests` are by reference (`host/path:tag`). `pins` are named contexts for each target of the build, by the name of
    its image: with them it is built from these digests and no others. `unknown` are words for what could not be looked
    up.
    """

    digests: Mapping[str, str] = field(default_factory=dict)
    pins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unknown: Sequence[str] = ()

    @property
    def label(self) -> str:
        """`REFERENCE@DIGEST`, with blanks between several; "" for none."""
        return " ".join(f"{reference}@{digest}" for reference, digest in sorted(self.digests.items()))


@dataclass(frozen=True, slots=True)
class Move:
    """A base image: the digest that the published image was built from (None where that is not known), and now's."""

    reference: str
    before: str | None
    after: str

    def __str__(self) -> str:
        if self.before is None:
            return f"base {self.reference} is {self.after} now; which one is in the published image is not known"
        return f"base {self.reference} moved: {self.before} -> {self.after}"

    def document(self) -> dict[str, str | None]:
        """The form for JSON."""
        return {"reference": self.reference, "before": self.before, "after": self.after}


def read_label(text: str) -> dict[str, str]:
    """The digests by reference that a label holds; what is no `REFERENCE@DIGEST` is left out."""
    return {found["reference"]: found["digest"] for found in map(_ENTRY.fullmatch, text.split()) if found}


def moves_since(makings: Makings, inputs: str, now: BaseDigests) -> list[Move]:
    """The base images that moved since an image was made: [] where one of its makings is of these inputs and bases.

    `makings` are those of a published image, its own labels first.
    """
    same = [moves(label, now) for made, label in makings if made == inputs]
    return min(same, key=len) if same else moves(makings[0][1], now)


def moves(label: str, now: BaseDigests) -> list[Move]:
    """The base images that are not what they were when an image with this label was built."""
    before = read_label(label)
    return [
        Move(reference, before.get(reference), digest)
        for reference, digest in sorted(now.digests.items())
        if before.get(reference) != digest
    ]
