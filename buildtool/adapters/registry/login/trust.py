"""Which servers may get the credentials: the registry's host, and the token services that it is known to use."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from buildtool.core.registry.services import token_host

if TYPE_CHECKING:
    from collections.abc import Collection

_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a URL, the same for every way to write it; None for what is no URL of HTTP."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _PORTS or not host:
        return None
    return parts.scheme, host, port or _PORTS[parts.scheme]


def same_origin(one: str, other: str) -> bool:
    """Whether both are the same server: scheme, host and port."""
    return origin(one) is not None and origin(one) == origin(other)


def may_know(base: str, realm: str, token_hosts: Collection[str]) -> bool:
    """Whether the token service at `realm` may be told the credentials given for the registry at `base`.

    `token_hosts` are those of the configuration, as `name` or `name:port`. Another port of the registry's own host is
    that host too.
    """
    mine, there = origin(base), origin(realm)
    if mine is None or there is None:
        return False
    _, host, port = there
    named = {entry.lower() for entry in token_hosts}
    written = f"[{host}]" if ":" in host else host  # an IPv6 address, as a URL has it
    return host in {mine[1], token_host(mine[1])} or not named.isdisjoint({written, f"{written}:{port}"})
