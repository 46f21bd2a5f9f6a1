"""The secrets of a run, and the function that masks them in every output."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from buildtool.core.text.secret_names import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_MASK = "***"
_SHORTEST = 4  # characters; masking a shorter text would mask parts of ordinary words
_SHORTEST_UNKNOWN = 8  # for variables whose name only looks like a secret's
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# A password in a URL, or a token in the place of a user. docker-image://NAME:TAG@DIGEST has neither.
_USER_INFO = re.compile(
    r"(?<=://)(?<!docker-image://)[^/\s@:]+:[^/\s]*(?=@)|(?:(?<=https://)|(?<=http://))[^/\s@:]+(?=@)"
)
# A signed token: three parts of base64, the first two of them JSON objects. The builder and the engine have their own.
_SIGNED = re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")
_AUTHORIZATION = re.compile(
    r"(?i)\b(authorization:?\s++(?:basic|bearer)?\s*+)\S+|\b((?:basic|bearer)\s+)[A-Za-z0-9+/._~=-]{8,}"
)


class Secrets:
    """Values that must never be printed. `clean` masks them, and credentials in headers and URLs."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: str | None) -> None:
        """Add a secret, each of its lines (logs are printed line by line), and its forms in JSON, URLs and headers."""
        for part in {value or "", *(value or "").splitlines()}:
            if len(part.strip()) >= _SHORTEST:
                self._values.update(_forms(part.strip()))
                self._pattern = None

    def learn(self, environment: Mapping[str, str]) -> None:
        """Add the values of environment variables whose names say secret, and the passwords of proxy addresses."""
        for name, value in environment.items():
            if is_secret_name(name) and len(value) >= _SHORTEST_UNKNOWN:
                self.add(value)
            elif name.lower() in _PROXIES:
                password = _password(value)
                self.add(password)
                self.add(unquote(password))

    def clean(self, text: str) -> str:
        """A message without secrets, known ones and what looks like one."""
        if self._values:
            if self._pattern is None:
                longest_first = sorted(self._values, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(re.escape, longest_first)))
            text = self._pattern.sub(_MASK, text)
        text = _SIGNED.sub(_MASK, _USER_INFO.sub(_MASK, text))
        return _AUTHORIZATION.sub(lambda m: (m[1] or m[2] or "") + _MASK, text)

    def clean_fields(self, document: Any, names: Collection[str]) -> Any:
        """A copy of a JSON document in which every text below a key of these names is clean; all else is as it was."""
        if isinstance(document, Mapping):
            return {
                key: self.clean_all(value) if key in names else self.clean_fields(value, names)
                for key, value in document.items()
            }
        return [self.clean_fields(one, names) for one in document] if isinstance(document, list) else document

    def clean_all(self, value: Any) -> Any:
        """A copy of a JSON value in which every text is clean."""
        if isinstance(value, Mapping):
            return {key: self.clean_all(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.clean_all(one) for one in value]
        return self.clean(value) if isinstance(value, str) else value


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
