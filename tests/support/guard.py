"""An environment of its own for each test: no test sees, or changes, the person's settings or the CI job's."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

# As the test run was started, for what must not be isolated (toolchains, caches).
REAL_ENVIRONMENT = dict(os.environ)

_FOREIGN = (
    "BUILDKIT_",
    "BUILDTOOL_",
    "BUILDX_",
    "CI_",
    "COMPOSE_",
    "DOCKER_",
    "GITHUB_",
    "GIT_",
    "KUBERNETES_",
    "RUNNER_",
    "XDG_",
)
_FOREIGN_NAMES = {"CI", "KUBECONFIG", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "SSH_AUTH_SOCK", "SOURCE_DATE_EPOCH"}
_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
_GIT_IDENTITY = "[user]\n\tname = Test Author\n\temail = author@example.invalid\n"


def isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """HOME is a new folder with a git identity and an empty docker configuration; foreign variables are gone."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name in _FOREIGN_NAMES or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    docker = home / ".docker"
    docker.mkdir(parents=True)
    (docker / "config.json").write_text(json.dumps(_docker_configuration()), encoding="utf-8")
    (home / ".gitconfig").write_text(_GIT_IDENTITY, encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DOCKER_CONFIG", str(docker))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")


@contextlib.contextmanager
def real_environment() -> Iterator[None]:
    """The environment the test run was started with: docker's own settings say where the engine is."""
    with mock.patch.dict(os.environ, REAL_ENVIRONMENT, clear=True):
        yield


def _docker_configuration() -> dict[str, list[str]]:
    """The plugins buildx and compose may be installed in the person's own folder (Docker Desktop does so)."""
    plugins = Path(REAL_ENVIRONMENT.get("HOME", "/")) / ".docker" / "cli-plugins"
    return {"cliPluginsExtraDirs": [str(plugins)]} if plugins.is_dir() else {}
