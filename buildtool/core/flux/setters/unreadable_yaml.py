"""The reasons why Flux skips a file or fails its run; raised and caught inside this package."""

from __future__ import annotations

from typing import Any


class Unreadable(Exception):  # noqa: N818 -- a reason, not a failure of ours
    """The text cannot be read the way Flux reads it. `line` counts from 1 in the document; 0 where unknown."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line

    @classmethod
    def of(cls, error: Any) -> Unreadable:
        """A scanner's or parser's exception, as one line."""
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).splitlines()[0]
        return cls(str(reason), mark.line + 1 if mark is not None else 0)


class RunFailure(Exception):  # noqa: N818 -- Flux's own failure, reported as an answer
    """What makes Flux's whole run fail, for every file and policy."""
