"""A docker configuration for one run: credentials from the environment reach buildx, which reads only docker's own.

The file is private, lives as long as the run, and never touches the user's; nothing is in argv.
"""

from __future__ import annotations

import base64
import contextlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildtool.errors import REGISTRY_CREDENTIALS, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def logged_in(environment: Mapping[str, str], host: str, username: str, password: str) -> Iterator[Mapping[str, str]]:
    """The environment with a DOCKER_CONFIG that knows these credentials; everything else is the user's own."""
    own = Path(environment.get("DOCKER_CONFIG") or Path(environment.get("HOME", "/")) / ".docker")
    with tempfile.TemporaryDirectory(prefix="buildtool-docker-") as folder:
        temporary = Path(folder)
        if own.is_dir():
            for entry in own.iterdir():
                if entry.name != "config.json":
                    (temporary / entry.name).symlink_to(entry)
        text = json.dumps(_with_login(_read(own / "config.json"), host, username, password))
        file = temporary / "config.json"
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        # buildx keeps its builders beside the configuration unless told otherwise
        buildx = environment.get("BUILDX_CONFIG") or str(own / "buildx")
        yield {**environment, "DOCKER_CONFIG": folder, "BUILDX_CONFIG": buildx}


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BuildtoolError(
            REGISTRY_CREDENTIALS, f"docker's configuration cannot be read: {error}", place=str(file)
        ) from error
    return document if isinstance(document, dict) else {}


def _with_login(document: dict[str, Any], host: str, username: str, password: str) -> dict[str, Any]:
    """A credential helper for this host would be asked before `auths`; it is the environment's turn now."""
    token = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
    helpers = {name: helper for name, helper in (document.get("credHelpers") or {}).items() if name != host}
    changed = {**document, "auths": {**(document.get("auths") or {}), host: {"auth": token}}, "credHelpers": helpers}
    changed.pop("credsStore", None)
    return changed
