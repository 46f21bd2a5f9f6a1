"""How long the steps of images took, in a small file of the user's cache.

Format: a JSON list of lists `[image, platform, how, seconds]`, the newest last.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from buildtool.core.build.placement import How

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LARGEST = 1 << 20
_MOST = 2_000
_FIELDS = 4


class BuildTimesFile:
    """A file that is missing or damaged is one without times. Of two runs that write at once, one is remembered."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[tuple[str, str, How], float]:
        try:
            with self._path.open(encoding="utf-8") as file:
                rows = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return {}
        return dict(found for row in rows if (found := _row(row)) is not None) if isinstance(rows, list) else {}

    def note(self, times: Mapping[tuple[str, str, How], float]) -> None:
        """Those of other images are kept, the oldest left out where there are too many."""
        kept = [(key, seconds) for key, seconds in self.read().items() if key not in times] + list(times.items())
        rows = [[image, platform, how.value, round(seconds, 2)] for (image, platform, how), seconds in kept[-_MOST:]]
        temporary = self._path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text(json.dumps(rows), encoding="utf-8")
            temporary.replace(self._path)


def _row(row: object) -> tuple[tuple[str, str, How], float] | None:
    if not isinstance(row, list) or len(row) != _FIELDS:
        return None
    image, platform, how, seconds = row
    known = isinstance(image, str) and isinstance(platform, str) and how in [one.value for one in How]
    if (
        not known
        or isinstance(seconds, bool)
        or not isinstance(seconds, int | float)
        or not 0 <= seconds < float("inf")
    ):
        return None
    return (image, platform, How(how)), float(seconds)
