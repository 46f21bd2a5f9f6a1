"""`docker buildx`: the facts of a builder, and one bake."""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.adapters import process
from buildtool.core.build.builder import ENGINE_DRIVER, BuilderFacts, EngineLimits
from buildtool.core.build.builder_view import parse_view
from buildtool.core.build.buildkit_errors import classify, dockerfile_place
from buildtool.core.build.buildkit_progress import ProgressReader
from buildtool.core.text.placeholders import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager

    from buildtool.core.build.builder import Version
    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent

_DIGEST = re.compile(r"[a-z0-9]+:[0-9A-Za-z=_-]{1,256}")
_LARGEST_METADATA = 64 << 20
OLDEST: Version = (0, 13, 0)
# Since 0.19 bake asks before it reads or writes outside its own directory; older ones do not know every entitlement.
ASKS_FOR_PATHS: Version = (0, 19, 0)


class Buildx:
    """One builder of `docker buildx`; `builder` None is the one docker has selected (`BUILDX_BUILDER` counts)."""

    def __init__(
        self,
        *,
        root: Path,
        environment: Mapping[str, str],
        builder: str | None = None,
        engine_limits: Callable[[], EngineLimits] = EngineLimits,
        login: Callable[[], AbstractContextManager[Mapping[str, str]]] | None = None,
        silence: process.Silence | None = None,
    ) -> None:
        """`engine_limits` is asked for the docker driver only.

        `login` gives the environment for a push, where credentials are not docker's own. `silence` ends a bake that
        prints nothing for so long.
        """
        self._silence = silence
        self._login = login or (lambda: nullcontext(self._environment))
        self._engine_limits = engine_limits
        self._root = root
        self._environment = dict(environment)
        self._builder = builder

    def version(self) -> Version:
        try:
            answer = process.run(["docker", "buildx", "version"], env=self._environment, timeout=20).stdout
        except process.ProgramMissingError as error:
            raise errors.BuildtoolError(errors.DOCKER_MISSING, str(error)) from error
        except process.ProgramError as error:
            raise errors.BuildtoolError(
                errors.BUILDX_MISSING, f"docker buildx version: {error.stderr.strip()}"
            ) from error
        found = re.search(r"v?(\d+)\.(\d+)(?:\.(\d+))?", answer)
        if not found:
            raise errors.BuildtoolError(errors.BUILDX_MISSING, f"docker buildx version printed {answer.strip()!r}")
        version = (int(found[1]), int(found[2]), int(found[3] or 0))
        if version < OLDEST:
            shown = ".".join(map(str, version))
            raise errors.BuildtoolError(
                errors.BUILDX_TOO_OLD, f"buildx {shown} is installed, 0.13.0 is the oldest that works"
            )
        return version

    def facts(self) -> BuilderFacts:
        """Ask the builder what it is; starts a builder that is not running yet."""
        argv = ["docker", "buildx", "inspect", "--bootstrap", *([self._builder] if self._builder else [])]
        try:
            with process.begun(argv, env=self._environment, timeout=120) as inspected:
                version = self.version()
                answer = inspected().stdout
        except process.ProgramMissingError as error:
            raise errors.BuildtoolError(errors.DOCKER_MISSING, str(error)) from error
        except process.ProgramError as error:
            raise self._unusable(error.stderr or str(error)) from error
        view = parse_view(answer)
        if view.problem:
            raise self._unusable(view.problem)
        if not view.driver:
            raise errors.BuildtoolError(errors.BUILDER_UNUSABLE, "docker buildx inspect names no driver")
        return BuilderFacts.of(view, version, self._engine_limits() if view.driver == ENGINE_DRIVER else None)

    def _unusable(self, words: str) -> errors.BuildtoolError:
        if re.search(r"cannot connect to the docker daemon|permission denied.*docker", words, re.IGNORECASE):
            return errors.BuildtoolError(errors.DOCKER_UNREACHABLE, words.strip())
        named = self._builder or self._environment.get("BUILDX_BUILDER")
        fix = filled(errors.BUILDER_UNUSABLE.fix, {"NAME": named or "default"})
        return errors.BuildtoolError(errors.BUILDER_UNUSABLE, f"builder {named or 'default'}: {words.strip()}", fix=fix)

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> dict[str, str]:
        """Build every target and bring it where it goes; the digest of what came there, by target.

        The definition goes in by standard input, so that neither file nor argv shows it.
        """
        with tempfile.TemporaryDirectory(prefix="buildtool-") as folder, self._login() as environment:
            metadata = Path(folder) / "metadata.json"
            argv = ["docker", "buildx", "bake", "--file", "-", "--progress", "rawjson"]
            argv += ["--metadata-file", str(metadata), *self._flags(definition)]
            reader = ProgressReader()
            on_line = _Listener(reader, on_event)
            variables = {**environment, **definition.environment}
            try:
                code = process.stream(
                    argv,
                    on_line,
                    cwd=self._root,
                    env=variables,
                    stdin=json.dumps(definition.document),
                    silence=self._silence,
                )
            except process.ProgramSilentError as error:
                hosts = ", ".join(definition.hosts)
                what = f"building for and uploading to {hosts}" if hosts else "building"
                message = f"{what}: {error}; {on_line.last}"
                raise errors.BuildtoolError(errors.BUILD_SILENT, message, place=hosts or None) from error
            if code != 0:
                failure = classify(reader.text, reader.causes, reader.logs)
                place = self._place(dockerfile_place(reader.text, reader.causes, definition.dockerfiles))
                raise errors.BuildtoolError(failure.kind, failure.message, fix=failure.fix, place=place)
            return read_digests(metadata, definition.targets)

    def _place(self, place: str | None) -> str | None:
        """A place as a person types it, from the folder of the configuration."""
        if place is None:
            return None
        relative = os.path.relpath(place, os.path.abspath(self._root))  # noqa: PTH100 -- no symlinks resolved
        return place if relative.startswith("../") else relative

    def _flags(self, definition: BakeDefinition) -> list[str]:
        flags = ["--builder", self._builder] if self._builder else []
        asked = [f"fs.read={path}" for path in self._outside(definition.reads)]
        asked += [f"fs.write={path}" for path in self._outside(definition.writes)]
        asked += definition.allowed
        if not asked or self.version() < ASKS_FOR_PATHS:
            return flags
        return flags + [f"--allow={one}" for one in asked]

    def _outside(self, paths: Iterable[str]) -> list[str]:
        """The paths that are really outside of the folder bake runs in, which it may use without being asked.

        Of one that is not there yet, the folder around it: buildx looks no further, and refuses to allow the rest.
        """
        root = os.path.realpath(self._root)
        real = dict.fromkeys(_existing(os.path.realpath(path)) for path in paths)
        return [path for path in real if path != root and not path.startswith(root.rstrip("/") + "/")]


def _existing(path: str) -> str:
    """The path, or the nearest folder above it that is there."""
    while not os.path.lexists(path):
        path = os.path.dirname(path)  # noqa: PTH120 -- text in, text out
    return path


class _Listener:
    """Hands over what a bake prints as events; `last` says in words which step was heard of last."""

    def __init__(self, reader: ProgressReader, on_event: Callable[[BuildEvent], None]) -> None:
        self._reader = reader
        self._on_event = on_event
        self.last = "no step had begun"

    def __call__(self, line: str) -> None:
        for event in self._reader.feed(line):
            self.last = f"the last step heard of was {event.name}"
            self._on_event(event)


def read_digests(metadata: Path, targets: tuple[str, ...]) -> dict[str, str]:
    """`containerimage.digest` of every target from the file that `--metadata-file` wrote."""
    try:
        if metadata.stat().st_size > _LARGEST_METADATA:
            raise ValueError("its file is too large")  # noqa: TRY301 -- one way out
        document = json.loads(metadata.read_text(encoding="utf-8"))
        return {target: _told(document[target]["containerimage.digest"]) for target in targets}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise errors.BuildtoolError(
            errors.BUILDER_UNUSABLE,
            f"buildx reported no digest for what it built ({type(error).__name__}: {error})",
            fix="update buildx and BuildKit, or use another builder",
        ) from error


def _told(digest: object) -> str:
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ValueError(f"a digest is {str(digest)[:80]!r}")
    return digest
