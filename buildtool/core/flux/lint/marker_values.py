"""The value beside a setter marker: what it is, and whether what the marker writes fits in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.flux.tree.layers import split_image

if TYPE_CHECKING:
    from buildtool.core.flux.lint.marker_scan import Mark
    from buildtool.core.flux.lint.tree import Source

_KEY = re.compile(r"""^[\s-]*["']?([\w.$-]+)["']?\s*:(?:\s|$)""")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_PLACEHOLDER = re.compile(r"(?i)(?:v?0+(?:\.0+)*|[a-z_.-]*)(?:-[a-z]*)?\Z")
_IMAGE_KEYS = ("image", "repository", "name")


def key_on(source: Source, line: int) -> str:
    """The key that stands on this line of the file; "" for an item of a sequence."""
    lines = source.lines()
    match = _KEY.match(lines[line - 1]) if 0 < line <= len(lines) else None
    return match[1] if match is not None else ""


def split_value(text: str, key: str) -> tuple[str, str, str]:
    """(image, tag, digest) of a value; a text without / and : is a tag, but an image below a key such as `image`."""
    name, tag, digest = split_image(text)
    if "/" not in name and not tag and not key.lower().endswith(_IMAGE_KEYS):
        return "", name, digest
    return name, tag, digest


def part_problem(mark: Mark, key: str) -> str:
    """Why what the marker writes does not fit in the place of this value; "" where it does."""
    writes = {"": "image:tag", "tag": "a tag", "name": "an image without tag"}[mark.part]
    text = mark.text
    if any(character.isspace() for character in text) or re.search(r"[=,;|]|://|\A-", text):
        return f"the marker replaces the whole value {text!r} by {writes}"
    image, tag, _ = split_value(text, key)
    whole = bool(image and tag)
    fits = {"": bool(image), "tag": not whole and "/" not in image, "name": not whole}
    return "" if fits[mark.part] else f"the marker writes {writes} over {text!r}"


def is_placeholder(tag: str) -> bool:
    """A tag that only holds the place until Flux's first commit: a word such as `latest`, or zeros."""
    return _PLACEHOLDER.match(tag) is not None or _TAG.match(tag) is None
