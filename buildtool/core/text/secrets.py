"""One place that knows every secret of a run, so that every output can be cleaned of them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_MASK = "***"
_SHORTEST = 4  # a shorter "secret" would mask half of every message
_SHORTEST_UNKNOWN = 8  # for variables that only sound like one
_MESSAGES = {"text", "message", "warnings", "evidence", "fix", "problem", "next_commit_errors"}  # of our documents
_NAMES = re.compile(r"(?i)(^|_)(password|passwd|token|secret|api_?key)$")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# A password in a URL, or a token in the place of a user. docker-image://NAME:TAG@DIGEST has neither.
_USER_INFO = re.compile(
    r"(?<=://)(?<!docker-image://)[^/\s@:]+:[^/\s]*(?=@)|(?:(?<=https://)|(?<=http://))[^/\s@:]+(?=@)"
)
_AUTHORIZATION = re.compile(
    r"(?i)\b(authorization:?\s++(?:basic|bearer)?\s*+)\S+|\b((?:basic|bearer)\s+)[A-Za-z0-9+/._~=-]{8,}"
)


def sounds_secret(name: str) -> bool:
    """Whether a variable of this name holds a secret."""
    return _NAMES.search(name) is not None


class Secrets:
    """Values that must never be shown; `clean` masks them, and whatever looks like credentials in a header or URL."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: str | None) -> None:
        """Remember a secret; each of its lines too, since logs are written line by line, and the ways it is written."""
        for part in {value or "", *(value or "").splitlines()}:
            if len(part.strip()) >= _SHORTEST:
                self._values.update(_forms(part.strip()))
                self._pattern = None

    def learn(self, environment: Mapping[str, str]) -> None:
        """Remember what stands in variables that hold secrets by their names, and in the addresses of proxies."""
        for name, value in environment.items():
            if sounds_secret(name) and len(value) >= _SHORTEST_UNKNOWN:
                self.add(value)
            elif name.lower() in _PROXIES:
                password = _password(value)
                self.add(password)
                self.add(unquote(password))

    def clean(self, text: str) -> str:
        """A message without secrets, known ones and what looks like one."""
        text = _USER_INFO.sub(_MASK, self._without_known(text))
        return _AUTHORIZATION.sub(lambda m: (m[1] or m[2] or "") + _MASK, text)

    def cleaned_document(self, value: Any, key: str = "") -> Any:
        """A JSON value without secrets, value by value: its shape stays, and so does all that only looks like one.

        What stands under the keys of messages is cleaned as a message.
        """
        if isinstance(value, str):
            return self.clean(value) if key in _MESSAGES else self._without_known(value)
        if isinstance(value, Mapping):
            return {name: self.cleaned_document(part, str(name)) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.cleaned_document(part, key) for part in value]
        return value

    def _without_known(self, text: str) -> str:
        if not self._values:
            return text
        if self._pattern is None:
            longest_first = sorted(self._values, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return self._pattern.sub(_MASK, text)


def _forms(value: str) -> Iterator[str]:
    """A secret as JSON, URLs and headers write it."""
    encoded = value.encode("utf-8", "surrogateescape")
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield from (quote(encoded), quote(encoded, safe=""), quote_plus(encoded))
    yield from (base64.b64encode(encoded).decode().rstrip("="), base64.urlsafe_b64encode(encoded).decode().rstrip("="))


def _password(url: str) -> str:
    try:
        return urlsplit(url if "://" in url else f"//{url}").password or ""
    except ValueError:
        return ""
