"""One answer of a registry, read whole within its limit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_WORDS = 300
_WORDS = ("details", "message", "error_description", "error")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the `errors` array of the distribution specification."""

    code: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.code, self.message) if part)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (case-insensitive) and body; `url` is where it finally came from."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False, default=b"")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 -- the success class of HTTP

    @property
    def place(self) -> str:
        """Method and address, without the query: an object store's signature stands there."""
        return f"{self.method} {self.url.split('?', maxsplit=1)[0]}"

    def json(self) -> Any:
        """The body as JSON; None where it is not JSON (including nesting deeper than the parser takes)."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def faults(self) -> tuple[Fault, ...]:
        document = self.json()
        entries = document.get("errors") if isinstance(document, dict) else None
        if not isinstance(entries, list):
            return ()
        return tuple(
            Fault(clean(entry.get("code")), clean(entry.get("message"))) for entry in entries if isinstance(entry, dict)
        )

    def has(self, *codes: str) -> bool:
        return any(fault.code in codes for fault in self.faults)

    @property
    def words(self) -> str:
        """The registry's own words, or "" where it said nothing readable."""
        return clean("; ".join(str(fault) for fault in self.faults)) or self._plain_words

    @property
    def _plain_words(self) -> str:
        """Those of an answer that is no success and has no `errors`: Docker Hub's and quay's token services."""
        document = self.json() if not self.ok else None
        document = document if isinstance(document, dict) else {}
        told = (clean(document.get(key)) for key in _WORDS)
        return next((words for words in told if words), "")


def clean(text: Any) -> str:
    """Make foreign text safe for a terminal: one line, no control characters, not longer than a paragraph."""
    if not isinstance(text, str):
        return ""
    line = _CONTROL.sub(" ", text).strip()
    return line if len(line) <= _LONGEST_WORDS else line[:_LONGEST_WORDS] + "…"
