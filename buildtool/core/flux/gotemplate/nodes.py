"""The parts of a parsed template; `position` counts characters from the beginning of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from buildtool.core.flux.gotemplate.literals import Number as Constant


class Field(NamedTuple):
    """`.A.B`."""

    position: int
    names: tuple[str, ...]


class Variable(NamedTuple):
    """`$x.A`: the names begin with that of the variable."""

    position: int
    names: tuple[str, ...]


class Chain(NamedTuple):
    """`(pipeline).A`."""

    position: int
    node: Operand
    names: tuple[str, ...]


class Identifier(NamedTuple):
    position: int
    name: str


class Dot(NamedTuple):
    position: int


class Nil(NamedTuple):
    position: int


class Bool(NamedTuple):
    position: int


class String(NamedTuple):
    position: int
    value: str


class Number(NamedTuple):
    position: int
    text: str
    constant: Constant


class Command(NamedTuple):
    position: int
    arguments: tuple[Operand, ...]


class Pipeline(NamedTuple):
    """`declares` are the variables in front; `assigns` says that they are there already."""

    position: int
    declares: tuple[str, ...]
    assigns: bool
    commands: tuple[Command, ...]


class Text(NamedTuple):
    position: int
    blank: bool


class Action(NamedTuple):
    position: int
    pipeline: Pipeline


class Control(NamedTuple):
    """if, with or range."""

    position: int
    word: str
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


class Template(NamedTuple):
    position: int
    name: str
    pipeline: Pipeline | None


class Jump(NamedTuple):
    """break or continue."""

    position: int
    word: str


class Parsed(NamedTuple):
    """`defined` are the bodies of the templates that the text defines, `assigned` the variables that are set anew."""

    body: tuple[Node, ...]
    defined: dict[str, tuple[Node, ...]]
    assigned: frozenset[str]


Operand = Field | Variable | Chain | Identifier | Dot | Nil | Bool | String | Number | Pipeline
Node = Text | Action | Control | Template | Jump
