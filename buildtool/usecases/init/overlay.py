"""The files of a repository as they will be once some texts are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.usecases.init.survey import Files


class Overlay:
    """`texts` by path in place of, or beside, what `files` has."""

    def __init__(self, files: Files, texts: Mapping[str, str]) -> None:
        self._files, self._texts = files, texts

    def paths(self) -> Sequence[str]:
        return sorted({*self._files.paths(), *self._texts})

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises UnreadableError."""
        if path in self._texts:
            return self._texts[path].encode("utf-8")
        return self._files.read(path)
