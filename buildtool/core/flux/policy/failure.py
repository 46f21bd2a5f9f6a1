"""Why Flux selects nothing, in the classes that its controller tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ErrorClass(StrEnum):
    INVALID_POLICY = "invalid_policy"
    NO_TAGS = "no_tags"
    INVALID_REGEX = "invalid_regex"
    NO_MATCH = "no_match"
    NOT_NUMERIC = "not_numeric"
    NO_SEMVER_MATCH = "no_semver_match"


@dataclass(frozen=True, slots=True)
class PolicyError:
    """`message` is what Flux writes into the ImagePolicy's Ready condition."""

    kind: ErrorClass
    message: str

    def __str__(self) -> str:
        return self.message


class PolicyFailure(Exception):  # noqa: N818 -- an answer of Flux, raised only inside this package
    """Ends an evaluation with an error of Flux."""

    def __init__(self, kind: ErrorClass, message: str) -> None:
        super().__init__(message)
        self.error = PolicyError(kind, message)


def nothing_left() -> PolicyFailure:
    """The failure that every order raises for an empty list."""
    return PolicyFailure(ErrorClass.NO_MATCH, "version list argument cannot be empty")
