"""How Flux's emitter writes one scalar: which styles can hold a value, and the text in that style."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from buildtool.core.flux.setters.commented_node import Style
from buildtool.core.flux.setters.comments import BREAKS

_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e",
    '"': '"', "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip
_PRINTABLE = re.compile("[\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_SIMPLE_TEXT = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_/.\-]*")
_FIRST = frozenset("#,[]{}&*!|>'\"%@`")
_INNER_FLOW = frozenset(",?[]{}:")
_SHORT, _LONG = 0xFF, 0xFFFF


@dataclass(frozen=True, slots=True)
class Facts:
    """Which styles can hold a value: plain, single quotes, block; double quotes always can."""

    multiline: bool
    plain_in_flow: bool
    plain_in_block: bool
    single_quoted: bool
    block: bool


def printable(character: str) -> bool:
    """Printable to the emitter, which escapes control characters and everything beyond U+FFFF (emoji)."""
    return _PRINTABLE.match(character) is not None


_EMPTY = Facts(multiline=False, plain_in_flow=False, plain_in_block=True, single_quoted=True, block=False)
_SIMPLE = Facts(multiline=False, plain_in_flow=True, plain_in_block=True, single_quoted=True, block=True)


def facts(value: str) -> Facts:
    """The styles that can hold this value."""
    if _SIMPLE_TEXT.fullmatch(value):
        return _SIMPLE
    return _look(value) if value else _EMPTY


def _look(value: str) -> Facts:
    flow, block = _indicators(value)
    special = any(not printable(one) for one in value if one != "\t")
    breaks = any(one in BREAKS for one in value)
    space_break = any(left == " " and right in BREAKS for left, right in itertools.pairwise(value))
    break_space = any(left in BREAKS and right == " " for left, right in itertools.pairwise(value))
    edge = value[0] == " " or value[-1] == " " or value[0] in BREAKS or value[-1] in BREAKS
    plain = not (edge or breaks or special or "\t" in value)
    return Facts(
        multiline=breaks,
        plain_in_flow=plain and not flow,
        plain_in_block=plain and not block,
        single_quoted=not (break_space or space_break or special or "\t" in value),
        block=not (value[-1] == " " or space_break or special),
    )


def _indicators(value: str) -> tuple[bool, bool]:
    """Whether the text holds what reads as syntax (inside a flow collection, in a block)."""
    flow = block = value.startswith(("---", "..."))
    for index, one in enumerate(value):
        ends = index + 1 >= len(value) or value[index + 1] in " \t"
        if index == 0:
            flow |= one in _FIRST or one in "?:" or (one == "-" and ends)
            block |= one in _FIRST or (one in "?:-" and ends)
        else:
            comment = one == "#" and value[index - 1] in " \t\0" + BREAKS
            flow |= one in _INNER_FLOW or comment
            block |= (one == ":" and ends) or comment
    return flow, block


def choose(style: Style, value: Facts, *, empty: bool, in_flow: bool, is_key: bool) -> Style:
    """The style that the emitter ends up with."""
    if is_key and value.multiline:
        style = Style.DOUBLE
    if style is Style.PLAIN:
        allowed = value.plain_in_flow if in_flow else value.plain_in_block
        if not allowed or (empty and (in_flow or is_key)):
            style = Style.SINGLE
    if style is Style.SINGLE and not value.single_quoted:
        style = Style.DOUBLE
    if style in (Style.LITERAL, Style.FOLDED) and (not value.block or in_flow or is_key):
        style = Style.DOUBLE
    return style


def double_quoted(value: str) -> str:
    """The value between double quotes, escaped."""
    return (
        '"'
        + "".join(one if one not in '"\\' and one not in BREAKS and printable(one) else _escape(one) for one in value)
        + '"'
    )


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return "\\" + _ESCAPES[character]
    code = ord(character)
    if code <= _SHORT:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= _LONG else f"\\U{code:08X}"


def block_header(style: Style, value: str) -> str:
    """`|` or `>` with its hints: 2 where the text begins with a blank, and how the end is kept."""
    hint = "2" if value[:1] == " " or value[:1] in tuple(BREAKS) else ""
    if not value or value[-1] not in BREAKS:
        return style.value + hint + "-"
    return style.value + hint + ("+" if len(value) == 1 or value[-2] in BREAKS else "")
