"""Real parts for tests: registries on free loopback ports, and base images that need no internet."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

from realparts import bases, registry
from realparts.registry import Registry
from tests.support.guard import real_environment
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Registries", "Registry", "base_contexts"]


class Registries:
    """Starts registries (distribution), and stops them all at the end of the session.

    `registries()` gives a started one that allows deleting; `registries({"auth": {...}})` lays settings over its
    configuration (distribution's configuration reference; None takes a key away). Of a `Registry`, use `address`
    (127.0.0.1:PORT), `url`, `folder`, `stop()`, and `start()` for the same address again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Registry] = []

    def __call__(self, settings: Mapping[str, Any] | None = None) -> Registry:
        need(
            registry.find_program() or shutil.which("docker"),
            "no registry program and no docker: make test sets them up",
        )
        name = f"test-registry-{os.getpid()}-{len(self._started)}"
        server = registry.create(name, self._folder / name, settings)
        self._started.append(server)
        with real_environment():
            server.start()
        return server

    def stop(self) -> None:
        with real_environment():
            for server in self._started:
                server.stop()


def base_contexts(registries: Registries) -> Mapping[str, str]:
    """Named contexts (image -> docker-image://…) for the base images; empty where the public registry answers."""
    if bases.made():
        return bases.contexts(registries().address)
    need(bases.public_registry_answers(), "base images can be neither pulled nor made: make test makes them on Debian")
    return {}
