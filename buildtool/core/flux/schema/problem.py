"""One reason for which the API server refuses an object."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from buildtool.errors.findings import Place


class Cause(StrEnum):
    """`ABSENT` and `RULE` may be mended by a patch that adds a field, `VALUE` by one that replaces it."""

    UNKNOWN_FIELD = "unknown field"
    UNKNOWN_KIND = "unknown kind"
    ABSENT = "missing field"
    TYPE = "type"
    VALUE = "value"
    RULE = "rule"


class Problem(NamedTuple):
    """`field` is the path in the object (`spec.policy.numerical.order`), `message` what the API server says of it.

    `fix` is what to write instead; "" where nothing better is known than the message.
    """

    cause: Cause
    field: str
    message: str
    fix: str
    place: Place

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.field.rpartition(".")[2]

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"
