"""The validation rules of CRDs: the part of CEL that Flux's use, over a value of which parts may be unknown.

The part: `self` and its fields, texts and whole numbers, `has()`, `size()`, comparisons, `!`, `&&`, `||`, parentheses.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Value = Any
    Expression = Callable[[Mapping[str, Value]], Value]


class _Unknown:
    """A value that is known to nobody, or a field that is not there."""


UNKNOWN = _Unknown()
_TOKEN = re.compile(
    r"\s*(?:(&&|\|\||[=!<>]=|[!<>().])|([A-Za-z_]\w*)|'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([0-9]+))"
)
_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class UnsupportedRuleError(ValueError):
    """A rule that needs more of CEL than is here."""


def holds(rule: str, value: Mapping[str, Value]) -> bool | None:
    """Whether the rule is true of `self`; None where that depends on something unknown.

    `value` holds nested mappings, texts, numbers, booleans, lists and UNKNOWN. Raises UnsupportedRuleError.
    """
    result = compiled(rule)(value)
    return result if isinstance(result, bool) else None


@lru_cache(maxsize=64)
def compiled(rule: str) -> Expression:
    """The rule as a function of `self`; raises UnsupportedRuleError."""
    parser = _Parser(_tokens(rule))
    expression = parser.either()
    if parser.tokens:
        raise UnsupportedRuleError(rule)
    return expression


def _tokens(rule: str) -> list[tuple[str, str]]:
    found = []
    position, end = 0, len(rule.rstrip())
    while position < end:
        match = _TOKEN.match(rule, position)
        if match is None:
            raise UnsupportedRuleError(rule)
        kind = ("sign", "name", "text", "text", "number")[(match.lastindex or 1) - 1]
        found.append((kind, match[match.lastindex or 1]))
        position = match.end()
    return found[::-1]


class _Parser:
    """`tokens` are those that are left, the next one last."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens

    def either(self) -> Expression:
        parts = [self._both()]
        while self._take("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else _short_circuit(parts, decides=True)

    def _both(self) -> Expression:
        parts = [self._not()]
        while self._take("&&"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else _short_circuit(parts, decides=False)

    def _not(self) -> Expression:
        if self._take("!"):
            return _negated(self._not())
        left = self._operand()
        sign = self.tokens[-1][1] if self.tokens and self.tokens[-1][0] == "sign" else ""
        if sign not in _COMPARE:
            return left
        self.tokens.pop()
        return _compared(_COMPARE[sign], left, self._operand())

    def _operand(self) -> Expression:
        if self._take("("):
            inner = self.either()
            self._expect(")")
            return inner
        kind, text = self.tokens.pop() if self.tokens else ("", "")
        if kind in ("text", "number"):
            constant = int(text) if kind == "number" else text
            return lambda _: constant
        if kind == "name" and text in ("has", "size"):
            self._expect("(")
            inner = self._operand()
            self._expect(")")
            return _has(inner) if text == "has" else _size(inner)
        if (kind, text) == ("name", "self"):
            return self._path()
        raise UnsupportedRuleError(text)

    def _path(self) -> Expression:
        names = []
        while self._take("."):
            kind, name = self.tokens.pop() if self.tokens else ("", "")
            if kind != "name":
                raise UnsupportedRuleError(name)
            names.append(name)
        return lambda value: _below(value, names)

    def _take(self, sign: str) -> bool:
        if self.tokens and self.tokens[-1] == ("sign", sign):
            self.tokens.pop()
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise UnsupportedRuleError(sign)


class _Absent(_Unknown):
    """A field that is not there: `has` says no, everything else is an error in CEL."""


_ABSENT = _Absent()


def _below(value: Value, names: list[str]) -> Value:
    for name in names:
        if isinstance(value, _Unknown):
            return value
        value = value.get(name, _ABSENT) if isinstance(value, dict) else UNKNOWN
    return value


def _has(inner: Expression) -> Expression:
    def has(value: Mapping[str, Value]) -> Value:
        found = inner(value)
        return UNKNOWN if found is UNKNOWN else found is not _ABSENT

    return has


def _size(inner: Expression) -> Expression:
    def size(value: Mapping[str, Value]) -> Value:
        found = inner(value)
        return UNKNOWN if isinstance(found, _Unknown | int) else len(found)

    return size


def _negated(inner: Expression) -> Expression:
    def negated(value: Mapping[str, Value]) -> Value:
        found = inner(value)
        return not found if isinstance(found, bool) else UNKNOWN

    return negated


def _compared(compare: Callable[[Any, Any], bool], left: Expression, right: Expression) -> Expression:
    def compared(value: Mapping[str, Value]) -> Value:
        one, other = left(value), right(value)
        return compare(one, other) if type(one) is type(other) and not isinstance(one, _Unknown) else UNKNOWN

    return compared


def _short_circuit(parts: list[Expression], *, decides: bool) -> Expression:
    """`||` is true where one part is, `&&` false where one is not, whatever the others are."""

    def short_circuit(value: Mapping[str, Value]) -> Value:
        found = [part(value) for part in parts]
        if any(one is decides for one in found):
            return decides
        return (not decides) if all(isinstance(one, bool) for one in found) else UNKNOWN

    return short_circuit
