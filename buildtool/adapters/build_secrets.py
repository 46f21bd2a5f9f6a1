"""The environment variables and files that build secrets are read from; buildx reads them itself for the build."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from buildtool.core.build.run_settings import ssh_paths
from buildtool.core.build.secret_source import secret_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from buildtool.core.text.secrets import Secrets

_MOST_BYTES = 1 << 20


class BuildSecrets:
    """The declared secrets of a configuration in `root`; files count from there."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root = root
        self._environment = environment

    def remember(self, declared: Sequence[str], secrets: Secrets) -> None:
        """Add the values to the secrets that are masked in all output; a missing secret is skipped."""
        for source in map(secret_source, declared):
            if source.variable:
                secrets.add(self._environment.get(source.variable))
            if source.file:
                secrets.add(self._read(source.file))

    def missing(self, declared: str) -> str | None:
        """Why a secret has no value, or None. buildx would give the build an empty one for a variable that is unset."""
        source = secret_source(declared)
        if source.variable and self._environment.get(source.variable):
            return None
        if source.file:
            return self._unreadable(source.file)
        state = "is empty" if source.variable in self._environment else "is not set"
        return f"the environment variable {source.variable} {state}"

    def missing_ssh(self, declared: str) -> str | None:
        """Why an agent's socket or a key is not there, or None; `default` alone is the agent of SSH_AUTH_SOCK."""
        paths = ssh_paths(declared)
        if not paths and not self._environment.get("SSH_AUTH_SOCK"):
            return "the environment variable SSH_AUTH_SOCK is not set: no agent runs (eval $(ssh-agent); ssh-add)"
        for name in paths or [self._environment["SSH_AUTH_SOCK"]]:
            place = self._root / name
            if not os.path.exists(place):
                return f"there is no file {name}"
            if not os.access(place, os.R_OK):
                return f"the file {name} cannot be read"
        return None

    def _unreadable(self, name: str) -> str | None:
        place = self._root / name
        if not os.path.isfile(place):
            return f"there is no file {name}"
        return None if os.access(place, os.R_OK) else f"the file {name} cannot be read"

    def _read(self, name: str) -> str | None:
        try:
            with (self._root / name).open("rb") as handle:
                return handle.read(_MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            return None
