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


def other_name(asked: str, told: str) -> str:
    """The scope with the name that the registry itself has for the repository of `asked`; "" where that is the same.

    Behind a proxy that maps `/v2/PREFIX/…`, the name in a challenge is the one that a token must be for. Several scopes
    are left as they are.
    """
    mine, theirs = asked.split(":"), told.split(":")
    if len(mine) != _SCOPE_PARTS or len(theirs) != _SCOPE_PARTS or mine[0] != theirs[0] or mine[1] == theirs[1]:
        return ""
    return f"{mine[0]}:{theirs[1]}:{mine[2]}"


def _read(scheme: str, text: str) -> Challenge:
    values = {
        m[1].lower(): re.sub(r"\\(.)", r"\1", m[2]) if m[2] is not None else m[3] for m in _PARAMETER.finditer(text)
    }
    return Challenge(scheme, *(values.get(key, "") for key in ("realm", "service", "scope", "error")))
