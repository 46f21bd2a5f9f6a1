"""Variables that kustomize-controller puts in after the build (spec.postBuild): `${NAME}`, `${NAME:=default}`.

A text that still holds `${` afterwards is unknown: its value is not in the repository.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[=-]([^{}$]*))?\}")
_HOLE = re.compile(r"\$\{[^{}]*\}?")


class Variables(NamedTuple):
    """`known` are those of `substitute`; `more` says that others may come from `substituteFrom`."""

    known: Mapping[str, str]
    more: bool = False

    def put_into(self, text: str) -> str:
        """The text with what is known put in; an unknown variable stays as it is."""
        return _VARIABLE.sub(self._value, text) if "${" in text else text

    def _value(self, match: re.Match[str]) -> str:
        value = self.known.get(match[1])
        if value is not None:
            return value
        return match[2] if match[2] is not None and not self.more else match[0]


def is_unknown(text: str) -> bool:
    """Whether a part of the text is only known in the cluster."""
    return "${" in text


def may_be(text: str, wanted: str) -> bool:
    """Whether the text can turn out to be `wanted`, whatever stands in for its variables."""
    if text == wanted:
        return True
    if "${" not in text and "${" not in wanted:
        return False
    return ("${" in wanted and "${" in text) or _fits(text, wanted) or _fits(wanted, text)


def _fits(text: str, wanted: str) -> bool:
    return "${" in text and _pattern(text).fullmatch(wanted) is not None


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    pieces = _HOLE.split(text)
    if len(pieces) > 5:  # noqa: PLR2004 -- several `.*` in a row cost time; no name has so many variables
        return re.compile(f"{re.escape(pieces[0])}.*", re.DOTALL)
    return re.compile(".*".join(re.escape(piece) for piece in pieces), re.DOTALL)
