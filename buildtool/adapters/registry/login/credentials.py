"""Finds the credentials for a registry: in the environment, then in docker's configuration and its helpers.

Never from argv, which every user of the machine can read.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildtool.adapters.registry.login.auth import Credential
from buildtool.adapters.registry.login.docker_file import helper_key, helper_name, holds_logins, stored_login
from buildtool.adapters.registry.login.helper import ask
from buildtool.errors import REGISTRY_CREDENTIALS, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.text.secrets import Secrets

USERNAME = "BUILDTOOL_REGISTRY_USERNAME"
PASSWORD = "BUILDTOOL_REGISTRY_PASSWORD"  # noqa: S105 -- the name of a variable
PASSWORD_FILE = "BUILDTOOL_REGISTRY_PASSWORD_FILE"  # noqa: S105
_MOST_BYTES = 1 << 20


def find_credentials(host: str, environment: Mapping[str, str], secrets: Secrets) -> Credential | None:
    """The credential for `host` (`name[:port]`), None where nothing names one; every part of it becomes a secret.

    Raises registry-credentials where a source is named but cannot be read.
    """
    return remembered(from_environment(environment) or from_docker(host, environment), secrets)


def remembered(found: Credential | None, secrets: Secrets) -> Credential | None:
    """The same, every part of it known as a secret."""
    if found is not None:
        secrets.add(found.password)
        secrets.add(found.identity_token)
    return found


def from_environment(environment: Mapping[str, str]) -> Credential | None:
    """User name as given: the `$` of a robot's name is an ordinary character here."""
    username = environment.get(USERNAME, "")
    password = environment.get(PASSWORD, "")
    file = environment.get(PASSWORD_FILE, "")
    if not (username or password or file):
        return None
    if not username:
        raise _unreadable(f"{PASSWORD if password else PASSWORD_FILE} is set, but {USERNAME} is not", f"set {USERNAME}")
    if password and file:
        raise _unreadable(f"{PASSWORD} and {PASSWORD_FILE} are both set", "unset one of them")
    if not (password or file):
        raise _unreadable(f"{USERNAME} is set without a password", f"set {PASSWORD_FILE} to a file that holds it")
    # an editor's newline at the end of the file is not part of a password
    return Credential(username, password or _read(Path(file), PASSWORD_FILE).rstrip("\r\n"))


def from_named(environment: Mapping[str, str], username: str, password: str) -> Credential | None:
    """The login in two variables of these names; None where both are not set, or empty."""
    user, word = environment.get(username, ""), environment.get(password, "")
    if not (user or word):
        return None
    if not (user and word):
        missing, there = (username, password) if word else (password, username)
        raise _unreadable(f"{there} is set, but {missing} is not", f"set {missing}")
    return Credential(user, word)


def from_docker(host: str, environment: Mapping[str, str]) -> Credential | None:
    """What `docker login` left for this host, in its file or with a credential helper."""
    file = config_file(environment)
    if file is None or not os.path.isfile(file):
        return None
    try:
        document = json.loads(_read(file, "docker's configuration"))
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"{file} is not JSON", f"mend or remove {file}, then: docker login {host}") from error
    if not holds_logins(document):
        return None
    return _credential(_resolve(document, host, environment, file), file)


def config_file(environment: Mapping[str, str]) -> Path | None:
    """`$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`."""
    folder, home = environment.get("DOCKER_CONFIG"), environment.get("HOME")
    if folder:
        return Path(folder) / "config.json"
    return Path(home) / ".docker" / "config.json" if home else None


def _resolve(document: dict[str, Any], host: str, environment: Mapping[str, str], file: Path) -> dict[str, Any] | None:
    try:
        name = helper_name(document, host)
        asked = ask(name, helper_key(document, host), environment) if name else None
        return asked or stored_login(document, host)
    except BuildtoolError as error:
        raise _unreadable(f"{file}: {error.message}", error.fix) from error
    except (ValueError, TypeError) as error:
        raise _unreadable(f"{file} holds no readable login for {host}", f"docker login {host}") from error


def _credential(entry: Any, file: Path) -> Credential | None:
    """Docker spells the keys in two ways: its own file's, and its helpers'."""
    if not isinstance(entry, dict):
        return None
    values = {str(key).lower(): value for key, value in entry.items()}
    username, password, token = (values.get(key) or "" for key in ("username", "password", "identitytoken"))
    if not all(isinstance(value, str) for value in (username, password, token)):
        raise _unreadable(f"{file} holds a login that is not text", None)
    return Credential(username, password, token) if password or token else None


def _read(file: Path, what: str) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise _unreadable(f"{what}: {file} is larger than {_MOST_BYTES} bytes", None)
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise _unreadable(f"{what}: {file}: {why}", None) from error


def _unreadable(message: str, fix: str | None) -> BuildtoolError:
    return BuildtoolError(REGISTRY_CREDENTIALS, message, fix=fix)
