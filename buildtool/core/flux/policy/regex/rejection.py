"""The error that this package raises."""

from __future__ import annotations


class RegexError(Exception):
    """A pattern that Go refuses. `str()` is Go's own message; `expression` is the part it complains about."""

    def __init__(self, code: str, expression: str) -> None:
        super().__init__(f"error parsing regexp: {code}: `{expression}`")
        self.code = code
        self.expression = expression
