"""The state of loading: the values that are good so far, their origins, and the mistakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buildtool.config.mistakes import Mistake, dotted

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.config.source import ConfigFile

KeyPath = tuple[str, ...]
DEFAULT, FLAG, ENVIRONMENT = "default", "flag", "environment "
ENOUGH = 100  # after so many mistakes no time goes into hints


@dataclass
class LoadState:
    """`good` holds the values that passed their own check, `origins` where each value comes from."""

    source: ConfigFile
    root: Path
    images: list[str] = field(default_factory=list)
    good: dict[KeyPath, Any] = field(default_factory=dict)
    origins: dict[KeyPath, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, text: str, *path: str | int) -> None:
        """A mistake at the variable or flag that set the value, else at the line of the innermost key that has one."""
        names = tuple(str(part) for part in path)
        origin = next((self.origins[names[:n]] for n in (3, 2, 1) if names[:n] in self.origins), DEFAULT)
        place = origin if origin == FLAG or origin.startswith(ENVIRONMENT) else self.source.place(path)
        self.mistakes.append(Mistake(place, dotted(path), text))

    @property
    def hopeless(self) -> bool:
        return len(self.mistakes) >= ENOUGH

    def table(self, *prefix: str) -> dict[str, Any]:
        """The good values of one table, by key."""
        size = len(prefix)
        return {at[size]: value for at, value in self.good.items() if at[:size] == prefix and len(at) == size + 1}
