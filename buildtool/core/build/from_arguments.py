"""The arguments that FROM lines may use: ARG lines before the first FROM, build arguments, and the platform's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.image.names import Platform

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`, and both without the colon
_PLACE = re.compile(rf"\$(?:(?P<plain>{_NAME})|\{{(?P<name>{_NAME})(?:(?P<how>:?[-+])(?P<word>[^${{}}]*))?\}})")
_ARGUMENT = re.compile(rf"(?P<name>{_NAME})(?:=(?P<value>\"[^\"\\]*\"|'[^'\\]*'|[^\s\"'\\]*))?(?:\s+|\Z)")
_OF_THE_BUILDER = frozenset({"BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"})
_QUOTES = frozenset("\"'\\`")


class ArgumentError(ValueError):
    """A value that cannot be told; the message says which."""


class Arguments:
    """Values by name for one platform. `given` are build arguments, `changing` those with another value in each run."""

    def __init__(self, given: Mapping[str, str], changing: frozenset[str], platform: Platform) -> None:
        self._given = given
        self._changing = changing
        variant = f"/{platform.variant}" if platform.variant else ""
        self._values: dict[str, str | None] = dict.fromkeys(_OF_THE_BUILDER)
        self._values |= {
            "TARGETPLATFORM": f"{platform.os}/{platform.architecture}{variant}",
            "TARGETOS": platform.os,
            "TARGETARCH": platform.architecture,
            "TARGETVARIANT": platform.variant,
        }
        self._values |= {name: given[name] for name in self._values if name in given}

    def declare(self, rest: str) -> None:
        """An ARG line before the first FROM: `NAME`, `NAME=value`, or several of them."""
        at = 0
        while at < len(rest):
            found = _ARGUMENT.match(rest, at)
            if found is None:
                raise ArgumentError(f"ARG {rest[:100]} cannot be read")
            self._declare(found["name"], found["value"])
            at = found.end()

    def _declare(self, name: str, value: str | None) -> None:
        if name in self._changing:
            self._values[name] = None
        elif name in self._given:
            self._values[name] = self._given[name]
        elif value is not None:
            literal = value.startswith("'")
            plain = value[1:-1] if value[:1] in {'"', "'"} else value
            self._values[name] = plain if literal else self._filled_or_none(plain)
        else:
            self._values.setdefault(name, "")

    def _filled_or_none(self, value: str) -> str | None:
        try:
            return self.filled(value)
        except ArgumentError:
            return None  # it only matters where a FROM uses it

    def filled(self, word: str) -> str:
        """A word with its arguments in place; raises ArgumentError."""
        if _QUOTES & set(word):
            raise ArgumentError(f"FROM {word[:100]} has quotes")
        text = _PLACE.sub(self._value, word)
        if "$" in _PLACE.sub("", word):
            raise ArgumentError(f"FROM {word[:100]} changes an argument in a way that is not read")
        return text

    def _value(self, found: re.Match[str]) -> str:
        name, how = found["plain"] or found["name"], found["how"] or ""
        value = self._values.get(name, "")
        if value is None:
            raise ArgumentError(f"the value of {name} is not known before the build")
        is_set = name in self._values and bool(value or not how.startswith(":"))
        if how.endswith("-"):
            return value if is_set else found["word"]
        if how.endswith("+"):
            return found["word"] if is_set else ""
        return value
