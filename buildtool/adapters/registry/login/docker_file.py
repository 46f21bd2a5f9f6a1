"""Docker's own configuration file, as far as it says how to log in: the keys `auths`, `credHelpers` and `credsStore`.

Format: docker/cli, cli/config/configfile. The docker package reads it too, and takes 200 ms to import.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from buildtool.core.registry.services import login_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = ("auths", "credHelpers", "credsStore")


def holds_logins(document: object) -> bool:
    return isinstance(document, dict) and any(key in document for key in _KEYS)


def helper_name(document: Mapping[str, Any], host: str) -> object:
    """The credential helper to be asked for `host` (`name[:port]`); None or "" where there is none.

    Raises ValueError for a document of another shape.
    """
    store = document.get("credsStore")
    if not isinstance(store, str | None):
        raise ValueError("credsStore is no name")  # noqa: TRY004 -- a document of another shape, like the others
    return _table(document, "credHelpers").get(helper_key(document, host)) or store


def helper_key(document: Mapping[str, Any], host: str) -> str:
    """The name under which a helper knows that registry; raises ValueError for a document of another shape."""
    keys, own = login_keys(host), _table(document, "credHelpers")
    return next((key for key in keys if own.get(key)), keys[0])


def stored_login(document: Mapping[str, Any], host: str) -> dict[str, str] | None:
    """What `docker login` wrote into the file itself for `host`: username and password, or identitytoken.

    Raises ValueError for a document of another shape.
    """
    logins = _table(document, "auths")
    keys = login_keys(host)
    key = next((key for key in keys if key in logins), None)
    if key is None and len(keys) == 1:
        key = next((key for key in logins if _host(key) == host), None)
    if key is None:
        return None
    entry = logins[key]
    if not isinstance(entry, dict):
        raise ValueError("a login is no object")  # noqa: TRY004
    if "identitytoken" in entry:
        return {"identitytoken": entry["identitytoken"]}  # nothing beside it counts
    if not entry.get("auth"):
        return None
    username, colon, password = base64.b64decode(entry["auth"]).decode("utf-8").partition(":")
    if not colon:
        raise ValueError("a login has no colon")
    return {"username": username, "password": password}


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{key} is no object")  # noqa: TRY004
    return value


def _host(key: str) -> str:
    """The host of a login, which old versions wrote as a URL."""
    return key.removeprefix("http://").removeprefix("https://").partition("/")[0]
