"""What stands in a fix for the registry, filled in: HOST:PORT becomes the host of the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from buildtool.config import Config


def real_values(config: Config, fix: str = "", place: str = "") -> dict[str, str]:
    """Values for `placeholders.filled`, by placeholder.

    Where `place` is the URL that failed, the server is that one, unless the fix is a login: credentials are always the
    registry's.
    """
    url = f"{'http' if config.insecure else 'https'}://{config.host}"
    if place.startswith(("http://", "https://")) and "docker login " not in fix:
        url = _server(place) or url
    return {"HOST:PORT": url.partition("://")[2], "http://HOST:PORT": url}


def _server(place: str) -> str:
    try:
        parts = urlsplit(place)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else ""
