"""Tags and keys as Flux's emitter writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.setters import scalars
from buildtool.core.flux.setters.commented_node import Kind, Style
from buildtool.core.flux.setters.scalar_types import LONG, STR, implicit_tag, long_tag, short_tag

if TYPE_CHECKING:
    from buildtool.core.flux.setters.commented_node import Node

_SIMPLE_KEY = 128  # bytes


def written(node: Node) -> tuple[str, bool]:
    """The tag as it is written, empty where the text says it by itself; and whether quotes must say it instead."""
    tag = node.tag
    if tag and not node.tagged:
        short = short_tag(tag)
        if node.kind is Kind.SCALAR:
            if short == STR and node.style is not Style.PLAIN:
                return "", False
            implied = implicit_tag(node.value)
            if implied == short:
                return "", False
            if short == STR:
                return "", True
        elif short == ("!!map" if node.kind is Kind.MAPPING else "!!seq"):
            return "", False
    return _spelled(long_tag(tag)), False


def _spelled(tag: str) -> str:
    if not tag:
        return ""
    if tag.startswith("!"):
        return "!" + _escaped(tag[1:])
    return "!!" + _escaped(tag[len(LONG) :]) if tag.startswith(LONG) else f"!<{_escaped(tag)}>"


def _escaped(tag: str) -> str:
    safe = ";/?:@&=+$,_.~*'()[]-"
    return "".join(
        one if (one.isascii() and one.isalnum()) or one in safe else "".join(f"%{byte:02X}" for byte in one.encode())
        for one in tag
    )


def fits_before_colon(key: Node) -> bool:
    """True where the key fits in front of a `:`; else it is written after a `?`."""
    length = len(key.anchor.encode())
    if key.kind is Kind.ALIAS:
        return len(key.value.encode()) <= _SIMPLE_KEY
    tag, _ = written(key)
    length += len(tag.encode())
    if key.kind is Kind.SCALAR:
        if scalars.facts(key.value).multiline:
            return False
        length += len(key.value.encode())
    elif key.children:
        return False
    return length <= _SIMPLE_KEY
