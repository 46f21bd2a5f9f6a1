"""Why a file of the repository could not be read."""

from __future__ import annotations


class UnreadableError(Exception):
    """`code` is the rule of `check` that reports it; `missing` is true where git lists a file that is gone."""

    def __init__(self, reason: str, *, code: str = "file-unreadable", missing: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.missing = missing
