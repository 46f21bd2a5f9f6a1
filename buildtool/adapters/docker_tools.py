"""The docker program and buildx for `doctor`: short time limits, and no builder is started."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.adapters import process
from buildtool.core.build.builder_store import parse_stored, record_path
from buildtool.core.build.builder_view import parse_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.builder_view import BuilderView
    from buildtool.core.image.names import Platform

_SECONDS = 8.0
_BUILD_SECONDS = 40.0  # the first emulated program on a Pi's card
_MOST_BYTES = 1 << 20
# Nothing to pull, and the one step is the program itself.
_DOCKERFILE = 'FROM scratch\nCOPY --chmod=755 noop /noop\nRUN ["/noop"]\n'
# It must really run (no cache), leaves no image, and needs no network: the bridge is another thing that may fail.
_FLAGS = ("--no-cache", "--output=type=cacheonly", "--network=none", "--provenance=false", "--progress=plain")


class DockerTools:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    def client_version(self) -> str:
        try:
            answer = process.run(["docker", "--version"], env=self._environment, timeout=_SECONDS).stdout
        except process.ProgramMissingError as error:
            raise errors.BuildtoolError(errors.DOCKER_MISSING, str(error)) from error
        except process.ProgramError as error:
            raise errors.BuildtoolError(errors.DOCKER_MISSING, f"docker --version: {error.stderr.strip()}") from error
        found = re.search(r"\d+\.\d+\.\d+\S*?(?=,|\s|$)", answer)
        return found[0] if found else answer.strip()

    def view(self, builder: str | None) -> BuilderView:
        """The facts of a builder (None: the selected one); a builder that is not running is not started."""
        argv = ["docker", "buildx", "inspect", *([builder] if builder else [])]
        try:
            answer = process.run(argv, env=self._environment, timeout=_SECONDS).stdout
        except process.ProgramError as error:
            words = error.stderr.strip().removeprefix("ERROR: ")
            message = f"builder {builder or 'selected'}: {words}"
            raise errors.BuildtoolError(errors.BUILDER_UNUSABLE, message, fix=_advice(builder, words)) from error
        view = parse_view(answer)
        return replace(view, daemon_config=self._stored(view.name)) if view.driver == "docker-container" else view

    def run_program(self, builder: str | None, platform: Platform, program: bytes) -> None:
        """Build an image of that one program, run it, and keep nothing but what the cache keeps by itself."""
        with tempfile.TemporaryDirectory(prefix="buildtool-doctor-") as folder:
            (Path(folder) / "noop").write_bytes(program)
            (Path(folder) / "Dockerfile").write_text(_DOCKERFILE, encoding="utf-8")
            argv = ["docker", "buildx", "build", "--platform", str(platform), *_FLAGS]
            argv += [*(["--builder", builder] if builder else []), folder]
            try:
                process.run(argv, env=self._environment, timeout=_BUILD_SECONDS)
            except process.ProgramError as error:
                raise errors.BuildtoolError(errors.BUILD_FAILED, last_words(error.stderr)) from error

    def _stored(self, builder: str) -> str | None:
        """buildkitd.toml from buildx's own record of the builder."""
        try:
            with Path(record_path(self._environment, builder)).open(encoding="utf-8") as file:
                stored = parse_stored(file.read(_MOST_BYTES))
        except (OSError, ValueError):
            return None
        return stored.daemon_config if stored is not None else None


def last_words(stderr: str) -> str:
    """The line of a failed build that says why: the program's own, else buildx's last."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    own = next((line for line in lines if "exec format error" in line.lower()), None)
    return (own or (lines[-1] if lines else "no reason given"))[:300].removeprefix("ERROR: ")


def _advice(builder: str | None, words: str) -> str | None:
    if builder and "no builder" in words:
        create = f"docker buildx create --name {builder} --driver docker-container"
        return f"{create}, or correct builder.name in buildtool.toml"
    return None
