"""The files of a repository: their paths and bytes. Links out of it are refused, and pipes do not block."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.flux.objects import is_kustomization
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.core.yaml.bounds import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEEDLES = (
    b"image.toolkit.fluxcd.io",
    TOKEN.encode(),
    b"kustomize.toolkit.fluxcd.io",
    b"fluxcd.controlplane.io",
    b"source.toolkit.fluxcd.io/v",
)
_SYNC = "gotk-sync.yaml"  # says where a cluster begins, even before bootstrap has written it
_YAML = (".yaml", ".yml")
_NOT_WALKED = frozenset({".git", ".venv", "node_modules", "__pycache__"})


class RepositoryFiles:
    """The files below `root` that git tracks or would add; without git, all but a few well-known folders."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._root = os.path.realpath(root)
        self._paths: tuple[str, ...] | None = None

    def paths(self) -> tuple[str, ...]:
        """Relative paths with `/`, sorted."""
        if self._paths is None:
            self._paths = tuple(sorted(set(self._tracked())))
        return self._paths

    def texts(self) -> list[tuple[str, str]]:
        """Path and text of the YAML files that mention an object of Flux or a setter, and the kustomizations."""
        found: list[tuple[str, str]] = []
        for path in self.paths():
            if not path.endswith(_YAML) and not is_kustomization(path):
                continue
            try:
                data = self.read(path)
            except UnreadableError:
                continue  # `check` reports it
            if is_kustomization(path) or path.endswith(_SYNC) or any(needle in data for needle in _NEEDLES):
                found.append((path, data.decode("utf-8", errors="replace")))
        return found

    def text(self, path: str) -> str | None:
        """The text of one file; None where it cannot be read."""
        try:
            return self.read(path).decode("utf-8", errors="replace")
        except UnreadableError:
            return None

    def links(self) -> dict[str, str]:
        """The symbolic links, each with the path in the repository that it leads to; "" where it leads to nothing.

        A link that leads out of the repository is left out: `read` refuses it.
        """
        found: dict[str, str] = {}
        for path in self.paths():
            full = os.path.join(self._root, path)  # noqa: PTH118 -- as in `read`
            if os.path.islink(full):
                real = os.path.realpath(full)
                if real.startswith(self._root + os.sep):
                    found[path] = os.path.relpath(real, self._root).replace(os.sep, "/") if os.path.exists(real) else ""
        return found

    def read(self, path: str) -> bytes:
        """The bytes of one file; raises UnreadableError."""
        full = os.path.join(self._root, path)  # noqa: PTH118 -- 5,000 Path objects cost 30 ms
        try:
            descriptor = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            gone = isinstance(error, FileNotFoundError) and not os.path.lexists(full)
            raise UnreadableError(error.strerror or str(error), missing=gone) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("not a regular file")
            if status.st_size > MAX_BYTES:
                raise UnreadableError(f"{status.st_size:,} bytes, more than {MAX_BYTES:,}", code="yaml-too-large")
            self._inside(path, full)
            return _all(descriptor, status.st_size)
        except OSError as error:
            raise UnreadableError(error.strerror or str(error)) from error
        finally:
            os.close(descriptor)

    def _inside(self, path: str, full: str) -> None:
        """A symbolic link may lead anywhere inside the repository, and nowhere else."""
        if ".." in path or os.path.islink(full):
            real = os.path.realpath(full)
            if not real.startswith(self._root + os.sep):
                raise UnreadableError("leads out of the repository", code="file-outside")

    def _tracked(self) -> Iterator[str]:
        from buildtool.adapters.process import ProgramError, run  # noqa: PLC0415 -- a hook over one file runs no git
        from buildtool.core.commit.git_variables import SETTINGS, for_reading  # noqa: PLC0415

        environment = for_reading(os.environ)
        argv = ["git", *SETTINGS, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            listed = run(argv, cwd=self._root, env=environment).stdout
        except ProgramError:
            return self._walk()
        return (path for path in listed.split("\0") if path)

    def _walk(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self._root):  # does not follow links, so no loop
            folders[:] = [name for name in folders if name not in _NOT_WALKED]
            base = os.path.relpath(folder, self._root)
            yield from (name if base == "." else f"{base.replace(os.sep, '/')}/{name}" for name in files)


def _all(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
        if sum(map(len, parts)) > MAX_BYTES:
            raise UnreadableError(f"grows beyond {MAX_BYTES:,} bytes while it is read", code="yaml-too-large")
    return b"".join(parts)


def repository_root(directory: Path) -> Path:
    """The folder with `.git` around `directory`, or `directory` itself."""
    here = directory.resolve()
    return next((folder for folder in (here, *here.parents) if os.path.exists(folder / ".git")), here)
