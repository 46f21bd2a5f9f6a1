"""The one exception that a user sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildtool.errors.pages import Kind


class BuildtoolError(Exception):
    """A failure with its kind, what exactly happened (`message`), and how to go on (`fix`).

    `place` is `file:line` or a URL or a program, where there is one. Messages never carry a secret.
    """

    def __init__(self, kind: Kind, message: str, *, fix: str | None = None, place: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.fix = fix or kind.fix
        self.place = place
