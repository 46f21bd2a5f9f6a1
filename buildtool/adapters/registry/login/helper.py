"""Docker's credential helpers: `docker-credential-NAME get` with the host on stdin answers in JSON.

Protocol: docker-credential-helpers. What one prints may be a secret, so that none of it is ever shown.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from buildtool.adapters import process
from buildtool.errors import REGISTRY_CREDENTIALS, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_FOUND = "credentials not found"  # each helper's own words for it begin so
_TOKEN_USER = "<token>"  # noqa: S105 -- the protocol's name for an identity token
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SECONDS = 60.0  # it may ask a person to unlock a key chain


def ask(name: object, host: str, environment: Mapping[str, str]) -> dict[str, Any] | None:
    """The login in the form of docker's own file; None where the helper has none. Raises registry-credentials."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BuildtoolError(
            REGISTRY_CREDENTIALS, "docker's configuration names a credential helper that is not a program's name"
        )
    program = f"docker-credential-{name}"
    try:
        answer = process.run([program, "get"], stdin=host, env=environment, timeout=_SECONDS).stdout
        found = json.loads(answer)
        username, secret = (_text(found[key]) for key in ("Username", "Secret"))
    except process.ProgramError as error:
        if _NOT_FOUND in error.stdout:
            return None
        why = "is not installed" if isinstance(error, process.ProgramMissingError) else "fails"
        if error.returncode is None and why == "fails":
            why = "does not run, or does not answer"
        raise _useless(program, why, host) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _useless(program, "answers with something else than a login", host) from error
    if username == _TOKEN_USER:
        return {"identitytoken": secret}
    return {"username": username, "password": secret} if username or secret else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _useless(program: str, why: str, host: str) -> BuildtoolError:
    fix = f"see what it says: echo {host} | {program} get; then docker login {host}"
    return BuildtoolError(REGISTRY_CREDENTIALS, f"docker's credential helper {program} {why}", fix=fix)
