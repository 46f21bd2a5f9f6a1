"""What the user asked `build` for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """The flags of `buildtool build`; `load` puts the images into the engine."""

    images: Sequence[str] = ()
    branch: str | None = None
    load: bool = False
    allow_outside: bool = False
