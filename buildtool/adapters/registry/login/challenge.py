"""The header `WWW-Authenticate` -> the challenge to answer: Bearer or Basic."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCHEME = re.compile(r"(?i)(?:^|,)\s*(bearer|basic)(?=\s|,|$)")
_LONGEST = 8192
_SCOPE_PARTS = 3  # type, name, actions
_PARAMETER = re.compile(r'(?<![a-zA-Z_])([a-zA-Z_]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """`scheme` is "bearer" or "basic"; realm, service, scope and error as given, "" where absent."""

    scheme: str
    realm: str = ""
    service: str = ""
    scope: str = ""
    error: str = ""


def read_challenge(header: str) -> Challenge | None:
    """The challenge we can answer; Bearer before Basic where a server offers both. None where there is neither."""
    header = header[:_LONGEST]
    starts = list(_SCHEME.finditer(header))
    ends = [*(start.start() for start in starts[1:]), len(header)]
    found = [_read(start[1].lower(), header[start.end() : end]) for start, end in zip(starts, ends, strict=False)]
    return min(found, key=lambda challenge: challenge.scheme != "bearer", default=None)


def hidden_prefix(asked: str, told: str) -> str:
    """What only a proxy knows of the name that was asked for: `harbor/` of `harbor/web/app` where `web/app` is told.

    Behind a proxy that maps `/v2/PREFIX/…`, the name in a challenge is the one that a token must be for. Both are
    scopes with blanks between; "" where the names do not differ so.
    """
    pairs = zip(_names(asked), _names(told), strict=False)
    found = (mine.removesuffix(theirs) for mine, theirs in pairs if mine.endswith(f"/{theirs}"))
    return next(found, "")


def without_prefix(scope: str, prefix: str) -> list[str]:
    """The scopes whose names begin with the prefix, without it."""
    parts = [one.split(":") for one in scope.split()]
    inside = [one for one in parts if prefix and len(one) == _SCOPE_PARTS and one[1].startswith(prefix)]
    return [f"{kind}:{name.removeprefix(prefix)}:{actions}" for kind, name, actions in inside]


def _names(scope: str) -> list[str]:
    parts = [one.split(":") for one in scope.split()]
    return [one[1] for one in parts if len(one) == _SCOPE_PARTS and one[0] == "repository" and one[1]]


def _read(scheme: str, text: str) -> Challenge:
    values = {
        m[1].lower(): re.sub(r"\\(.)", r"\1", m[2]) if m[2] is not None else m[3] for m in _PARAMETER.finditer(text)
    }
    return Challenge(scheme, *(values.get(key, "") for key in ("realm", "service", "scope", "error")))
