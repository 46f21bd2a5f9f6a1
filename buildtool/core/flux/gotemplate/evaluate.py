"""What fails when a parsed template runs over Flux's data: fields, calls and ranges, by the types of the values.

A value whose type is not known is never judged, and an error in a part that may not run is told from one that will.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.flux.gotemplate import nodes
from buildtool.core.flux.gotemplate.calls import Calls
from buildtool.core.flux.gotemplate.values import ANY, BOOL, DATA, INT, NAMED, STRING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.gotemplate.values import Type

_DEEPEST = 30  # templates that call each other


class Failure(NamedTuple):
    """`certain` is false for a part of the template that may not run."""

    message: str
    position: int
    certain: bool


class _Stopped(Exception):  # noqa: N818 -- ends the evaluation of one pipeline
    pass


def failures(parsed: nodes.Parsed) -> list[Failure]:
    """Every failure, in the order in which the template runs; Go ends at the first."""
    evaluation = _Evaluation(parsed)
    evaluation.body(parsed.body, DATA, _Scope([("$", DATA)], certain=True, depth=0))
    return list(dict.fromkeys(evaluation.found))


class _Scope(NamedTuple):
    """The variables in sight, and whether what is evaluated surely runs."""

    variables: list[tuple[str, Type]]
    certain: bool
    depth: int

    def inner(self, *, certain: bool) -> _Scope:
        return _Scope(list(self.variables), self.certain and certain, self.depth)


class _Evaluation:
    def __init__(self, parsed: nodes.Parsed) -> None:
        self.parsed = parsed
        self.found: list[Failure] = []
        self.called: set[tuple[str, str, bool]] = set()
        self.calls = Calls(self.argument)

    # --- nodes
    def body(self, body: tuple[nodes.Node, ...], dot: Type, scope: _Scope) -> None:
        for node in body:
            try:
                self._node(node, dot, scope)
            except _Stopped:
                continue
            if isinstance(node, nodes.Jump):
                return

    def _node(self, node: nodes.Node, dot: Type, scope: _Scope) -> None:
        if isinstance(node, nodes.Action):
            self.pipeline(node.pipeline, dot, scope)
        elif isinstance(node, nodes.Template):
            self._template(node, dot, scope)
        elif isinstance(node, nodes.Control):
            self._control(node, dot, scope)

    def _control(self, node: nodes.Control, dot: Type, scope: _Scope) -> None:
        inner = scope.inner(certain=True)
        try:
            value = self.pipeline(node.pipeline, dot, inner)
        except _Stopped:
            value = ANY
        if node.word == "range":
            self._range(node, value, dot, inner)
            return
        runs = node.word == "with" and (value.kind == "struct" or value.filled)
        self.body(node.body, value if node.word == "with" else dot, inner.inner(certain=runs))
        self.body(node.otherwise, dot, inner.inner(certain=False))

    def _range(self, node: nodes.Control, value: Type, dot: Type, scope: _Scope) -> None:
        key, element = self._elements(node, value, scope)
        names = node.pipeline.declares
        if names and not node.pipeline.assigns:
            types = (element,) if len(names) == 1 else (key, element)
            del scope.variables[len(scope.variables) - len(names) :]
            scope.variables.extend((name, self._type_of(name, one)) for name, one in zip(names, types, strict=True))
        surely = value.filled and not any(_jumps(node.body))
        self.body(node.body, element, scope.inner(certain=surely))
        self.body(node.otherwise, dot, scope.inner(certain=False))

    def _elements(self, node: nodes.Control, value: Type, scope: _Scope) -> tuple[Type, Type]:
        if value.kind in ("map", "slice"):
            return value.key or ANY, value.element or ANY
        position = node.pipeline.position
        if value.kind == "int":
            if len(node.pipeline.declares) > 1:
                self._fail("can't iterate over more than one variable of a number", position, scope)
            return ANY, value
        if value.kind != "any":
            self._fail(f"range can't iterate over a value of type {value.name}", position, scope)
        return ANY, ANY

    def _template(self, node: nodes.Template, dot: Type, scope: _Scope) -> None:
        if node.name not in self.parsed.defined:
            raise self._stop(f'template "{node.name}" not defined', node.position, scope)
        value = self.pipeline(node.pipeline, dot, scope) if node.pipeline is not None else ANY
        seen = (node.name, value.name, scope.certain)
        if seen in self.called or scope.depth >= _DEEPEST:
            return
        self.called.add(seen)
        own = _Scope([("$", value)], scope.certain, scope.depth + 1)
        self.body(self.parsed.defined[node.name], value, own)

    # --- pipelines
    def pipeline(self, pipeline: nodes.Pipeline, dot: Type, scope: _Scope) -> Type:
        value: Type | None = None
        for command in pipeline.commands:
            value = self._command(command, dot, value, scope)
        value = value or ANY
        for name in pipeline.declares:
            if not pipeline.assigns:
                scope.variables.append((name, self._type_of(name, value)))
            elif all(name != known for known, _ in scope.variables):
                raise self._stop(f"undefined variable: {name}", pipeline.position, scope)
        return value

    def _type_of(self, name: str, value: Type) -> Type:
        """A variable that is set anew somewhere may hold anything."""
        return ANY if name in self.parsed.assigned else value

    def _command(self, command: nodes.Command, dot: Type, final: Type | None, scope: _Scope) -> Type:
        first, *rest = command.arguments
        if isinstance(first, nodes.Identifier):
            return self._call(first, rest, dot, final, scope)
        given = len(rest) + (final is not None)
        if isinstance(first, nodes.Field | nodes.Chain) or (isinstance(first, nodes.Variable) and len(first.names) > 1):
            return self._fields(first, given, dot, scope)
        if given:
            raise self._stop("can't give argument to non-function", first.position, scope)
        if isinstance(first, nodes.Nil):
            raise self._stop("nil is not a command", first.position, scope)
        if isinstance(first, nodes.Number) and not first.constant.natural:
            raise self._stop(f"{first.text} overflows int", first.position, scope)
        return self.argument(first, dot, scope)

    def argument(self, node: nodes.Operand, dot: Type, scope: _Scope) -> Type:
        """The type of an operand."""
        if isinstance(node, nodes.Dot):
            return dot
        if isinstance(node, nodes.Pipeline):
            return self.pipeline(node, dot, scope)
        if isinstance(node, nodes.Identifier):
            return self._call(node, [], dot, None, scope)
        if isinstance(node, nodes.Field | nodes.Chain | nodes.Variable):
            return self._fields(node, 0, dot, scope)
        if isinstance(node, nodes.Number):
            return NAMED.get(node.constant.natural, INT)
        return {nodes.Bool: BOOL, nodes.String: STRING}.get(type(node), ANY)

    def _call(
        self, function: nodes.Identifier, given: list[nodes.Operand], dot: Type, final: Type | None, scope: _Scope
    ) -> Type:
        result, problem = self.calls.call(function.name, given, dot, final, scope)
        if problem:
            raise self._stop(problem, function.position, scope)
        return result

    # --- fields
    def _fields(self, node: nodes.Field | nodes.Chain | nodes.Variable, given: int, dot: Type, scope: _Scope) -> Type:
        value, names = dot, node.names
        if isinstance(node, nodes.Variable):
            value, names = _look_up(node.names[0], scope), node.names[1:]
        elif isinstance(node, nodes.Chain):
            if isinstance(node.node, nodes.Nil):
                raise self._stop("indirection through explicit nil", node.position, scope)
            value = self.argument(node.node, dot, scope)
        for number, name in enumerate(names, start=1):
            value, problem = _field(value, name, given if number == len(names) else 0)
            if problem:
                raise self._stop(problem, node.position, scope)
        return value

    def _fail(self, message: str, position: int, scope: _Scope) -> None:
        self.found.append(Failure(message, position, scope.certain))

    def _stop(self, message: str, position: int, scope: _Scope) -> _Stopped:
        self._fail(message, position, scope)
        return _Stopped()


def _field(value: Type, name: str, given: int) -> tuple[Type, str]:
    """The field, method or key of a value, and what is wrong with asking for it."""
    if value.kind == "any":
        return ANY, ""
    if name in value.methods:
        return value.methods[name], f"wrong number of args for {name}: want 0 got {given}" if given else ""
    if name in value.fields:
        return value.fields[name], f"{name} has arguments but cannot be invoked as function" if given else ""
    if value.kind == "map" and value.key == STRING:  # a key that is not there is no error
        return ANY, f"{name} is not a method but has arguments" if given else ""
    return ANY, f"can't evaluate field {name} in type {value.name}"


def _look_up(name: str, scope: _Scope) -> Type:
    return next((value for known, value in reversed(scope.variables) if known == name), ANY)


def _jumps(body: tuple[nodes.Node, ...]) -> Iterator[nodes.Jump]:
    """Break and continue below, whatever range they belong to."""
    for node in body:
        if isinstance(node, nodes.Jump):
            yield node
        elif isinstance(node, nodes.Control):
            yield from _jumps(node.body)
            yield from _jumps(node.otherwise)
