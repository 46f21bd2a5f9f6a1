"""The mistakes in the configuration: collected, and raised all together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.text.printable import one_line
from buildtool.errors import CONFIG_INVALID, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Mistake:
    """`place` is `buildtool.toml:12` or `environment BUILDTOOL_…`; `key` is dotted, and empty for the file itself."""

    place: str
    key: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.key, self.text) if part)


class ConfigError(BuildtoolError):
    """Every mistake at once."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        lines = [str(mistake) for mistake in mistakes]
        more = [f"… and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        many = "\n  ".join([f"{len(lines)} mistakes in the configuration:", *lines[:_SHOWN], *more])
        super().__init__(CONFIG_INVALID, lines[0] if len(lines) == 1 else many)


def dotted(path: Iterable[str | int]) -> str:
    """`images.frontend.platforms[1]`; a name that TOML would quote is quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = part.replace("-", "").replace("_", "").isalnum() and part.isascii()
            shown = part if bare else '"' + one_line(part[:80]) + '"'
            text += f".{shown}" if text else shown
    return text
