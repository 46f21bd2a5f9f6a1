"""The real values in place of what a fix only names, such as HOST:PORT: a command to paste, wherever they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from buildtool.core.text.placeholders import filled

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring
    from buildtool.config import Config
    from buildtool.errors import BuildtoolError

_LOGIN = "docker login "


def with_real_values(error: BuildtoolError, wiring: Wiring, command: str | None = None) -> None:
    """Fill the error's fix with what this run knows; nothing is read for it. `command` is the subcommand that ran."""
    config: Config | None = vars(wiring).get("config")  # only one that has been read
    values = {"COMMAND": command or ""}
    if config is not None:
        url = _url(error, config)
        values |= {"HOST:PORT": urlsplit(url).netloc, "http://HOST:PORT": url}
    error.fix = filled(error.fix, values)


def _url(error: BuildtoolError, config: Config) -> str:
    """The server that the fix is about: the one that failed, but the registry where it is about a login."""
    own = f"{'http' if config.insecure else 'https'}://{config.host}"
    place = error.place or ""
    if _LOGIN in error.fix or not place.startswith(("http://", "https://")):
        return own
    try:
        parts = urlsplit(place)
    except ValueError:
        return own
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else own
