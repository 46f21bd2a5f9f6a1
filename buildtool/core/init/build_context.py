"""A Dockerfile's text -> the folder that its COPY lines need as the context of the build."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_CONTINUED = re.compile(r"[\\`][ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*")
_COPY = re.compile(r"^[ \t]*(?:COPY|ADD)[ \t]+(?P<rest>[^\n]*)", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?P<image>\S+)", re.IGNORECASE | re.MULTILINE)
_FLAG = re.compile(r"--(?P<name>[a-z-]+)(?:=\S*)?[ \t]*")
_LONGEST = 1 << 20  # characters of a Dockerfile that are looked at
_MOST = 200  # sources


def context_of(path: str, text: str, folders: Collection[str], paths: Collection[str]) -> str:
    """The folder, from the root ("" is the root): the Dockerfile's own, or the nearest above that has what it copies.

    `folders` are all folders of the repository and `paths` all files. Where no folder has everything, its own.
    """
    own = posixpath.dirname(path)
    wanted = list(_sources(text))
    folder = own
    while True:
        if all(_is_there(posixpath.normpath(posixpath.join(folder, one)), folders, paths) for one in wanted):
            return folder
        if not folder:
            return own
        folder = posixpath.dirname(folder)


def bases(text: str) -> list[str]:
    """The images and stages that FROM names, as they are written."""
    return [found["image"] for found in _FROM.finditer(_joined(text))]


def _joined(text: str) -> str:
    return _CONTINUED.sub(" ", text[:_LONGEST])


def _sources(text: str) -> Iterator[str]:
    """The plain paths that COPY and ADD take from the context: no patterns, no variables, no URLs, no heredocs."""
    for found in list(_COPY.finditer(_joined(text)))[:_MOST]:
        rest, flags = found["rest"].strip(), set()
        while flag := _FLAG.match(rest):
            flags.add(flag["name"])
            rest = rest[flag.end() :]
        if "from" in flags or rest.startswith("<<"):
            continue
        for word in _words(rest)[:-1]:
            if re.search(r"[*?\[\]$\"'\\]|://|@|<<", word) is None:
                yield word.lstrip("/") or "."


def _words(rest: str) -> list[str]:
    if rest.startswith("["):
        try:
            listed = json.loads(rest)
        except (ValueError, RecursionError):
            return []
        return [str(one) for one in listed] if isinstance(listed, list) else []
    return rest.split()


def _is_there(path: str, folders: Collection[str], paths: Collection[str]) -> bool:
    return path in {".", ""} or path in folders or path in paths
