"""BuildtoolError: the one exception that reaches a user; and how a finding becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.errors.findings import Finding
    from buildtool.errors.pages import Kind


class BuildtoolError(Exception):
    """A failure: its kind, what happened (`message`), and what to do next (`fix`).

    `place` is `file:line` or a URL or a program, where there is one. Messages never carry a secret.
    """

    def __init__(self, kind: Kind, message: str, *, fix: str | None = None, place: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.fix = fix or kind.fix
        self.place = place


def raise_first(findings: Iterable[Finding], kinds: Mapping[str, Kind] | None = None, place: str = "") -> list[Finding]:
    """Raise for the first finding of severity error that ends this command; the others are returned.

    `kinds` are the failures that findings end the command with, by the findings' codes. Without it, a finding that
    a Kind made (`Kind.at`) ends the command with that Kind, and no other does. `place` is the error's where the finding
    has none.
    """
    left = []
    for finding in findings:
        kind = _kinds().get(finding.code) if kinds is None else kinds.get(finding.code)
        if kind is not None and finding.severity is Severity.ERROR:
            raise failure_of(finding, kind, place)
        left.append(finding)
    return left


def failure_of(finding: Finding, kind: Kind, place: str = "") -> BuildtoolError:
    """The finding as an error of this kind. The reason is part of the message where the kind's page has another."""
    message = finding.message if finding.reason == kind.reason else finding.sentence
    return BuildtoolError(kind, message, fix=finding.fix, place=str(finding.place or place) or None)


def _kinds() -> Mapping[str, Kind]:
    from buildtool.errors.catalogue import kinds  # noqa: PLC0415 -- all pages, which only a finding needs

    return kinds()
