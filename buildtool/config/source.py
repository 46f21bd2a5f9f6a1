"""Finds buildtool.toml and reads it: values, and the line of each; every kind of bad file becomes mistakes."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildtool.config.key_lines import locate
from buildtool.config.mistakes import ConfigError, Mistake
from buildtool.errors import CONFIG_MISSING, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "buildtool.toml"
_LARGEST = 1 << 20  # bytes; a configuration is some kilobytes


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """`name` is the file as messages show it; `document` what tomllib read; `lines` where each key stands."""

    name: str
    document: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)

    def place(self, path: tuple[str | int, ...]) -> str:
        """`file:line` of a key, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines[path]}" if path else self.name


def find(directory: Path, explicit: Path | None, environ: Mapping[str, str]) -> Path | None:
    """`--config`, else BUILDTOOL_CONFIG, else buildtool.toml here or in a directory above, up to the git root.

    Relative paths are relative to `directory`, as if started there.
    """
    named = explicit or environ.get("BUILDTOOL_CONFIG")
    if named:
        return directory / named
    here = Path(os.path.abspath(directory))  # noqa: PTH100 -- "a/.." must not be searched through a
    for folder in (here, *here.parents):
        if os.path.lexists(folder / FILE_NAME):
            return Path(os.path.relpath(folder / FILE_NAME))
        if os.path.lexists(folder / ".git"):
            return None
    return None


def read(path: Path) -> ConfigFile:
    """The file's values and their lines."""
    name = str(path).encode("utf-8", "replace").decode()
    text = _text(path, name)
    try:
        return ConfigFile(name, tomllib.loads(text), locate(text))
    except ValueError as error:
        place, message = _syntax(name, str(error), text)
    except RecursionError:
        place, message = name, "is nested too deep to be a configuration"
    raise ConfigError([Mistake(place, "", message)])


def _text(path: Path, name: str) -> str:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise ConfigError([Mistake(name, "", f"is {'a directory' if stat.S_ISDIR(mode) else 'not a file'}")])
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError as error:
        raise BuildtoolError(CONFIG_MISSING, f"there is no file {name}") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is not a path"
        raise ConfigError([Mistake(name, "", f"cannot be read: {reason}")]) from error
    if len(raw) > _LARGEST:
        raise ConfigError([Mistake(name, "", "is larger than 1 MiB: this is not a configuration")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([Mistake(f"{name}:{line}", "", "is not UTF-8 text: save the file as UTF-8")]) from error


def _syntax(name: str, message: str, text: str) -> tuple[str, str]:
    """The end of a message of tomllib is its place: `(at line 3, column 5)` or `(at end of document)`."""
    at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    if not at:
        return name, f"is not TOML: {message}"
    line = int(at[1]) if at[1] else text.count("\n") + (not text.endswith("\n"))
    return f"{name}:{line}", f"is not TOML: {message[: at.start()]}"
