"""Go's expansion of `extract` (regexp.ExpandString): `$name`, `${name}`, `$1`, `$$`.

The name is the longest run of letters, digits and `_`: `$tsx` asks for a group called tsx. A group that does not exist
or took no part is empty. What is not a well formed reference (`$`, `${`, `${ts`, `$-1`) stands for itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")  # anything else, 01 or ten digits, is a name


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as written; `groups` are the numbers to try, the first that took part counts. Empty: unknown."""

    name: str
    groups: tuple[int, ...]


Piece: TypeAlias = str | Reference


@dataclass(frozen=True, slots=True)
class Template:
    pieces: tuple[Piece, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Reference))

    @property
    def groups(self) -> tuple[int, ...]:
        """The numbers of the groups it can use, in ascending order."""
        return tuple(sorted({number for reference in self.references for number in reference.groups}))

    @property
    def alone(self) -> int | None:
        """The number of the one group that the whole template stands for, or None."""
        known = [piece for piece in self.pieces if not (isinstance(piece, Reference) and not piece.groups)]
        only = known[0] if len(known) == 1 else None
        return only.groups[0] if isinstance(only, Reference) and len(only.groups) == 1 else None

    def expand(self, value: Callable[[int], str | None]) -> str:
        """Fill in; `value` gives the text of a group, None when it took no part."""
        return "".join(piece if isinstance(piece, str) else _first(piece, value) for piece in self.pieces)


def parse_template(text: str, names: Sequence[str | None]) -> Template:
    """Read a template for a pattern whose group n is called `names[n]`."""
    pieces: list[Piece] = []
    for piece in _read(text):
        if isinstance(piece, Reference):
            pieces.append(Reference(piece.name, _numbers(piece.name, names)))
        elif pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return Template(tuple(pieces))


def _first(reference: Reference, value: Callable[[int], str | None]) -> str:
    for number in reference.groups:
        text = value(number)
        if text is not None:
            return text
    return ""


def _numbers(name: str, names: Sequence[str | None]) -> tuple[int, ...]:
    if _NUMBER.fullmatch(name):
        number = int(name)
        return (number,) if number < len(names) else ()
    return tuple(number for number, known in enumerate(names) if number and known == name)


def _read(text: str) -> Iterator[Piece]:
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        yield text[at:dollar]
        at = dollar + 1
        if text.startswith("$", at):
            yield "$"
            at += 1
            continue
        name, end = _name(text, at)
        if name:
            yield Reference(name, ())
            at = end
        else:
            yield "$"
    yield text[at:]


def _name(text: str, at: int) -> tuple[str, int]:
    """The name that begins at `at`, in braces or not, and where the reference ends; empty when malformed."""
    braces = text.startswith("{", at)
    begin = end = at + braces
    while end < len(text) and _is_word(text[end]):
        end += 1
    if braces and not text.startswith("}", end):
        return "", at
    return text[begin:end], end + braces


def _is_word(char: str) -> bool:
    if char.isascii():
        return char == "_" or char.isalnum()
    category = unicodedata.category(char)
    return category == "Nd" or category[0] == "L"
