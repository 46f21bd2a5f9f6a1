"""Calls of functions: the number of arguments, and their types where both are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.core.flux.gotemplate import nodes
from buildtool.core.flux.gotemplate.functions import functions
from buildtool.core.flux.gotemplate.values import ANY, NAMED

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.core.flux.gotemplate.functions import Function
    from buildtool.core.flux.gotemplate.values import Type

    Evaluate = Callable[[nodes.Operand, Type, Any], Type]

_LITERAL = {"string": nodes.String, "bool": nodes.Bool}
_LENGTH = ("map", "slice", "string", "any")
_INDEXED = ("map", "slice", "string", "any")


class Calls:
    """`evaluate` gives the type of an operand, and reports what is wrong inside it."""

    def __init__(self, evaluate: Evaluate) -> None:
        self.evaluate = evaluate

    def call(
        self, name: str, given: list[nodes.Operand], dot: Type, final: Type | None, scope: Any
    ) -> tuple[Type, str]:
        """The type of the result, and what is wrong; `final` is the value from the pipeline in front."""
        function = functions()[name]
        problem = _count(name, function, len(given), final is not None)
        if problem:
            return ANY, problem
        types = []
        for number, operand in enumerate(given):
            inner = scope.inner(certain=number == 0) if name in ("and", "or") else scope
            known = _constant(operand, function, number)
            types.append(self.evaluate(operand, dot, inner))
            problem = known if known is not None else _mismatch(types[-1], _parameter(function, number))
            if problem:
                return ANY, problem
        if final is not None:
            problem = _mismatch(final, _parameter(function, len(given)))
            types.append(final)
        return (NAMED.get(function.result, ANY), problem) if problem else _result(name, function, types)


def _count(name: str, function: Function, given: int, piped: bool) -> str:  # noqa: FBT001
    count, wanted = given + piped, len(function.parameters)
    if function.variadic and count < wanted - 1:
        return f"wrong number of args for {name}: want at least {wanted - 1} got {given}"
    if not function.variadic and count != wanted:
        return f"wrong number of args for {name}: want {wanted} got {count}"
    if name == "eq" and count == 1:
        return "error calling eq: missing argument for comparison"
    return ""


def _parameter(function: Function, number: int) -> str:
    return function.parameters[min(number, len(function.parameters) - 1)]


def _constant(operand: nodes.Operand, function: Function, number: int) -> str | None:
    """What is wrong with a constant as this argument; None for what is no constant."""
    wanted = _parameter(function, number)
    if isinstance(operand, nodes.Nil):
        ok = wanted in ("any", "dict", "list")
        return "" if ok else f"cannot assign nil to {wanted}"
    if not isinstance(operand, nodes.Bool | nodes.String | nodes.Number):
        return None
    if wanted == "any":
        overflows = isinstance(operand, nodes.Number) and not operand.constant.natural
        return "a number overflows int" if overflows else ""
    if isinstance(operand, nodes.Number):
        constant = operand.constant
        fits = {"int": constant.is_int, "float64": constant.is_float, "uint32": constant.is_uint}.get(wanted, False)
    else:
        fits = isinstance(operand, _LITERAL.get(wanted, ()))
    return "" if fits else f"expected {wanted}; found another constant as argument {number + 1}"


def _mismatch(value: Type, wanted: str) -> str:
    """Go converts nothing: the types are the same, or one of them is an interface."""
    expected = NAMED.get(wanted)
    if value.kind == "any" or wanted == "any" or (expected is not None and expected.name == value.name):
        return ""
    name = expected.name if expected is not None else wanted
    return f"wrong type for value; expected {name}; got {value.name}"


def _result(name: str, function: Function, types: list[Type]) -> tuple[Type, str]:
    """The result; `len`, `index` and `fail` are looked into."""
    if name == "fail":
        return ANY, "error calling fail: it always ends the template"
    if name == "len" and types[0].kind not in _LENGTH:
        return ANY, f"error calling len: len of type {types[0].name}"
    if name == "index":
        return _indexed(types)
    return NAMED.get(function.result, ANY), ""


def _indexed(types: list[Type]) -> tuple[Type, str]:
    value, *indexes = types
    for index in indexes:
        if value.kind not in _INDEXED:
            return ANY, f"error calling index: can't index item of type {value.name}"
        if value.kind in ("any", "string"):
            return ANY, ""
        key = value.key or ANY
        if ANY not in (index, key) and index.kind != key.kind:
            return ANY, f"error calling index: value has type {index.name}; should be {key.name}"
        value = value.element or ANY
    return value, ""
