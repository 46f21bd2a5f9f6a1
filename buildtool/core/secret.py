"""One place that knows every secret of a run, so that every output can be cleaned of them."""

from __future__ import annotations

import re

_MASK = "***"
_SHORTEST = 4  # a shorter "secret" would mask half of every message
_USER_INFO = re.compile(r"(?<=://)[^/\s@:]+:[^/\s@]+(?=@)")
_AUTHORIZATION = re.compile(
    r"(?i)\b(authorization:?\s+(?:basic|bearer)?\s*)\S+|\b((?:basic|bearer)\s+)[A-Za-z0-9+/._~=-]{8,}"
)


class Secrets:
    """Values that must never be shown; `clean` masks them, and whatever looks like credentials in a header or URL."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: str | None) -> None:
        """Remember a secret; each of its lines too, since logs are written line by line."""
        for part in {value or "", *(value or "").splitlines()}:
            if len(part.strip()) >= _SHORTEST:
                self._values.add(part.strip())
                self._pattern = None

    def clean(self, text: str) -> str:
        if self._values:
            if self._pattern is None:
                longest_first = sorted(self._values, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(re.escape, longest_first)))
            text = self._pattern.sub(_MASK, text)
        text = _USER_INFO.sub(_MASK, text)
        return _AUTHORIZATION.sub(lambda m: (m[1] or m[2] or "") + _MASK, text)
