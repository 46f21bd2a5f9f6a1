"""The command of an image -> whether its program is built for the platform of the image.

The platform in an image's config is only a claim: BuildKit writes the one that was asked for even when the last stage
says `FROM --platform=linux/amd64 …` (seen with BuildKit 0.13). So the ELF header of the program itself is read.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.image.programs import FileKind, real_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.image.programs import LayerEntry

# Programs of the smaller one run on the bigger one's processors without emulation.
_ALSO_RUNS = {"amd64": {"386"}, "arm64": {"arm"}}
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MOST_STEPS = 40  # interpreters of one script, and programs that start one another
_MOST_FOLDERS = 100
_SHELLS = {"sh", "ash", "bash", "dash", "zsh"}
_INITS = {"tini", "dumb-init", "catatonit", "docker-init"}
_FIRST_WORD = re.compile(r"\s*(?:exec\s+)?(?P<program>[\w./+-]+)(?=\s|$)")


class Command(NamedTuple):
    """What an image starts: `words` is Entrypoint, then Cmd; `environment` NAME=VALUE; `folder` where it runs."""

    words: Sequence[str]
    environment: Sequence[str] = ()
    folder: str = "/"


def wrong_program(files: Mapping[str, LayerEntry], command: Command, architecture: str) -> str | None:
    """A sentence on a program that does not run on `architecture`, or None.

    Looked at are the program that is started and those it starts in turn: the interpreter of a script, and what a
    script, a shell or an init is told to run. Where that leads nowhere, an image whose programs are all of another
    architecture is still wrong. `files` is the whole file system of the image, by absolute path.
    """
    fits = {architecture, *_ALSO_RUNS.get(architecture, ())}
    found = list(_started(files, command))
    wrong = next(((path, actual) for path, actual in found if actual not in fits), None)
    if wrong is not None:
        path, actual = wrong
        return f"{path}, which the image starts, is a program for {actual}"
    programs = [(path, entry.value) for path, entry in files.items() if entry.kind is FileKind.ELF]
    if not found and programs and not any(actual in fits for _, actual in programs):
        path, actual = programs[0]
        return f"all programs in the image are for other platforms: {path} is one for {actual}"
    return None


def _started(files: Mapping[str, LayerEntry], command: Command) -> Iterator[tuple[str, str]]:
    """Path and architecture of each ELF file that is started, as far as that can be followed."""
    words = list(command.words)
    for _ in range(_MOST_STEPS):
        if not words:
            return
        path = _find(files, command, words[0])
        if path is None:
            return
        program = _behind(files, command, path)
        if program is not None:
            yield program
        words = _told(words, files[path])


def _behind(files: Mapping[str, LayerEntry], command: Command, path: str) -> tuple[str, str] | None:
    """The ELF file that runs a file: itself, or the interpreter of a script, and of that in turn."""
    for _ in range(_MOST_STEPS):
        entry = files[path]
        if entry.kind is FileKind.ELF:
            return path, entry.value
        found = _find(files, command, entry.value) if entry.kind is FileKind.SCRIPT and entry.value else None
        if found is None:
            return None
        path = found
    return None


def _told(words: Sequence[str], entry: LayerEntry) -> list[str]:
    """The command that a program is given to run; [] where it is given none, as far as is known."""
    name, rest = posixpath.basename(words[0]), list(words[1:])
    if entry.kind is FileKind.SCRIPT:  # the usual entrypoint ends in `exec "$@"`
        return rest
    if name in _INITS:
        while rest and rest[0].startswith("-"):
            rest.pop(0)
        return rest
    if name in _SHELLS and len(rest) > 1 and rest[0] in {"-c", "-ec", "-lc"}:
        first = _FIRST_WORD.match(rest[1])
        return [first["program"]] if first else []
    return rest if name in _SHELLS and rest and not rest[0].startswith("-") else []


def _find(files: Mapping[str, LayerEntry], command: Command, name: str) -> str | None:
    """The file behind the name of a program: through PATH where the name has no slash; relative to the folder."""
    environment = command.environment
    search = next((value[5:] for value in environment if value.startswith("PATH=")), _PATH).split(":")[:_MOST_FOLDERS]
    places = [name] if "/" in name else [posixpath.join(folder, name) for folder in search]
    absolute = [posixpath.join("/", command.folder, place) for place in places]
    return next((real for place in absolute if (real := real_path(files, place)) in files), None)
