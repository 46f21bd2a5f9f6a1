"""The files of a build context as docker sees them: .dockerignore through the docker package, bytes from the disk."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from buildtool.core.build.inputs import SETTER, InputFile, without_setters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_MAY_HOLD_SETTERS = (".yaml", ".yml", "Kustomization")  # the names image-automation-controller opens


class ContextFiles:
    """Paths are relative to `root`, with `/`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def sent(self, context: str, dockerfile: str, paths: Iterable[str]) -> list[str]:
        """Those of `paths` that are in the context and not left out by its .dockerignore."""
        folder = "" if context in ("", ".") else context.rstrip("/") + "/"
        inside = [path for path in paths if path.startswith(folder)]
        patterns = self._patterns(context, dockerfile)
        if not patterns:
            return inside
        from docker.utils.build import PatternMatcher  # noqa: PLC0415 -- 200 ms

        matcher = PatternMatcher(patterns)
        # It takes text; its published types say a path, on which it fails.
        return [path for path in inside if not matcher.matches(path.removeprefix(folder))]  # type: ignore[arg-type]

    def ignore_file(self, context: str, dockerfile: str) -> str | None:
        """`<Dockerfile>.dockerignore`, which BuildKit prefers, or the context's own."""
        for path in (f"{dockerfile}.dockerignore", os.path.normpath(os.path.join(context, ".dockerignore"))):  # noqa: PTH118
            if (self._root / path).is_file():
                return path
        return None

    def without_setters(self, path: str) -> str | None:
        """A digest of a file without the lines Flux writes, for a file that has such lines."""
        if not path.endswith(_MAY_HOLD_SETTERS):
            return None
        try:
            content = (self._root / path).read_bytes()
        except OSError:
            return None
        return without_setters(content) if SETTER in content else None

    def on_disk(self, path: str) -> InputFile:
        """A file git does not hold: its mode and the digest of its bytes, or of where a link points."""
        place = self._root / path
        try:
            if place.is_symlink():
                return InputFile("120000", hashlib.sha256(os.fsencode(place.readlink())).hexdigest())
            with place.open("rb") as file:
                return InputFile(oct(place.stat().st_mode), hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            return InputFile("unreadable", type(error).__name__)

    def _patterns(self, context: str, dockerfile: str) -> Sequence[str]:
        path = self.ignore_file(context, dockerfile)
        if path is None:
            return []
        lines = (self._root / path).read_text(encoding="utf-8", errors="replace").removeprefix("\ufeff").splitlines()
        patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return [form for pattern in patterns for form in _forms(pattern)]


def _forms(pattern: str) -> list[str]:
    """`**/x` takes x at the top too, with all below it; the package's matcher wants to be told so."""
    negation = "!" if pattern.startswith("!") else ""
    rest = pattern.removeprefix("!")
    return [pattern, negation + rest.removeprefix("**/")] if rest.startswith("**/") and rest != "**/" else [pattern]
