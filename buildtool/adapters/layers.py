"""What is in layers, remembered on disk by digest: a base image is fetched for its proof once, not at every push."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from buildtool.core.image.programs import dump, load

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.core.image.programs import LayerIndex

_MOST_FILES = 500
_FORM = "v1"  # of what is stored; raised when it changes


class LayerCache:
    """Every failure of the disk is only a layer forgotten."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the user's own: what it holds is believed."""
        self._folder = folder / _FORM

    def get(self, digest: str) -> LayerIndex | None:
        try:
            return load(json.loads(self._file(digest).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, digest: str, index: LayerIndex) -> None:
        file = self._file(digest)
        partial = file.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(dump(index)), encoding="utf-8")
            partial.replace(file)
            self._forget_oldest()
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink()

    def _file(self, digest: str) -> Path:
        return self._folder / (digest.replace(":", "-").replace("/", "-") + ".json")

    def _forget_oldest(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[:-_MOST_FILES]:
            file.unlink(missing_ok=True)
