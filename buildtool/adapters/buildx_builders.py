"""`docker buildx create`, `inspect`, `du` and `rm`: builders made, looked at and removed."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.adapters import process
from buildtool.core.build.activity import Activity, records_in_use
from buildtool.core.build.builder_spec import create_arguments
from buildtool.core.build.builder_store import docker_folder, parse_stored, record_path, records_folder
from buildtool.core.build.builder_view import parse_view
from buildtool.core.build.daemon_config import DAEMON_CONFIG
from buildtool.core.text.units import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.build.builder_spec import BuilderSpec
    from buildtool.core.build.builder_store import StoredBuilder
    from buildtool.core.build.builder_view import BuilderView

_CREATE_SECONDS = 120.0  # it asks each engine over ssh
_BOOT_SECONDS = 900.0  # it pulls BuildKit's image, on a Pi to its card
_USE_SECONDS = 60.0
_REMOVE_SECONDS = 120.0
_LOOKS = 4
_LOOK_SECONDS = 0.4
_LARGEST_RECORD = 1 << 20


class BuildxBuilders:
    """The builders of one user; `look` asks buildx for one without starting it (None: the selected one)."""

    def __init__(
        self,
        environment: Mapping[str, str],
        look: Callable[[str | None], BuilderView],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._environment = dict(environment)
        self._look = look

    def names(self) -> list[str]:
        """From buildx's folder: `docker buildx ls` would wait for each machine that does not answer."""
        try:
            return sorted(entry.name for entry in Path(records_folder(self._environment)).iterdir())
        except OSError:
            return []

    def stored(self, name: str) -> StoredBuilder | None:
        try:
            with Path(record_path(self._environment, name)).open(encoding="utf-8") as file:
                return parse_stored(file.read(_LARGEST_RECORD))
        except (OSError, ValueError):
            return None

    def create(self, spec: BuilderSpec, number: int) -> None:
        """Make one node; raises builder-unusable with buildx's own words."""
        there = self.stored(spec.name) is not None
        with tempfile.TemporaryDirectory(prefix="buildtool-builder-") as folder:
            file = None
            if spec.daemon_config:
                file = str(Path(folder) / DAEMON_CONFIG)
                Path(file).write_text(spec.daemon_config, encoding="utf-8")
            self._buildx(["create", *create_arguments(spec, number, file, append=there)], spec.name, _CREATE_SECONDS)

    def boot(self, name: str | None) -> BuilderView:
        answer = self._buildx(["inspect", "--bootstrap", *([name] if name else [])], name or "selected", _BOOT_SECONDS)
        return parse_view(answer)

    def view(self, name: str | None) -> BuilderView:
        return self._look(name)

    def activity(self, name: str) -> Activity:
        view = self._look(name)
        if view.problem:
            return Activity(None, view.problem)
        if not view.running:
            return Activity(False, "no node runs")
        if not all(node.running for node in view.nodes):
            down = ", ".join(node.endpoint for node in view.nodes if not node.running)
            return Activity(None, f"no answer from {down}")
        try:
            return self._building(name)
        except errors.BuildtoolError as error:
            return Activity(None, error.message)

    def _building(self, name: str) -> Activity:
        """Whether BuildKit holds records of its cache whenever it is asked: for a moment it does after a build, too."""
        used = 0
        for look in range(_LOOKS):
            if look:
                self._pause(_LOOK_SECONDS)
            seen = records_in_use(self._buildx(["du", "--verbose", "--builder", name], name, _USE_SECONDS))
            if seen is None:
                return Activity(None, "docker buildx du prints nothing that buildtool can read")
            used = seen
            if not used:
                break
        return Activity(used > 0, f"{counted(used, 'record')} of its cache in use")

    def remove(self, name: str) -> None:
        self._buildx(["rm", name], name, _REMOVE_SECONDS)

    def _buildx(self, arguments: Sequence[str], name: str, seconds: float) -> str:
        """What buildx printed."""
        try:
            return process.run(["docker", "buildx", *arguments], env=self._environment, timeout=seconds).stdout
        except process.ProgramMissingError as error:
            raise errors.BuildtoolError(errors.DOCKER_MISSING, str(error)) from error
        except process.ProgramError as error:
            words = _last_line(error.stderr) or str(error)
            message = f"builder {name}: docker buildx {arguments[0]}: {words}"
            raise errors.BuildtoolError(errors.BUILDER_UNUSABLE, message, fix=_fix(name)) from error


def _last_line(stderr: str) -> str:
    """Buildx's reason; before it stand warnings and the progress of a start."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return next((line for line in lines if line.startswith("ERROR: ")), lines[-1] if lines else "").removeprefix(
        "ERROR: "
    )


def _fix(name: str) -> str:
    return f"docker buildx inspect --bootstrap {name} says what is wrong; correct [builder] in buildtool.toml"


def selected_engine(environment: Mapping[str, str]) -> str:
    """The engine of this machine, as buildx's `create` takes it: DOCKER_HOST, or the name of a docker context."""
    named = environment.get("DOCKER_HOST") or environment.get("DOCKER_CONTEXT")
    if named:
        return named
    try:
        text = (Path(docker_folder(environment)) / "config.json").read_text(encoding="utf-8")
        document = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return "default"
    selected = document.get("currentContext") if isinstance(document, dict) else None
    return selected if isinstance(selected, str) and selected else "default"
