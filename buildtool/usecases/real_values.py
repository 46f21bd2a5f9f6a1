"""What stands in a fix for the registry, filled in: HOST:PORT becomes the host that the failure is about."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.config import Config

_SCHEME_FIX = "set insecure = "


def real_values(config: Config, fix: str = "", place: str = "", message: str = "") -> dict[str, str]:
    """Values for `placeholders.filled`, by placeholder.

    The host is that of the registry of the configuration which `place` or `message` names, the default one where
    neither names any. Where `place` is a URL that failed, the server is that one, unless the fix is a login:
    credentials are always a registry's.
    """
    failed = _server(place)
    host = _named(config, failed.partition("://")[2], f"{place} {message}")
    url = f"{'http' if config.is_insecure(host) else 'https'}://{host}"
    if failed and "docker login " not in fix:
        url = failed
    values = {"HOST:PORT": url.partition("://")[2], "http://HOST:PORT": url}
    if fix.startswith(_SCHEME_FIX) and host != config.host:
        values["in buildtool.toml"] = f'under [registries."{host}"] in buildtool.toml'
    return values


def _named(config: Config, server: str, words: str) -> str:
    hosts: Iterable[str] = (*config.hosts, *config.mirror_hosts)
    if server in hosts:
        return server
    return next((host for host in hosts if f"{host}/" in words), config.host)


def _server(place: str) -> str:
    """Scheme and host of a URL, which may have a method in front of it; "" for any other place."""
    url = place.rpartition(" ")[2]
    if not url.startswith(("http://", "https://")):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else ""
