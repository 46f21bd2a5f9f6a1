"""A Dockerfile and an image's settings -> the images that it is built from, as BuildKit will look for them.

Only stages that the built one needs count: BuildKit looks up no others. What cannot be decided from the text is said to
be unknown. Sources: BuildKit's frontend/dockerfile/dockerfile2llb/convert.go, frontend/dockerui/namedcontext.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.build.dockerfile import DockerfileError, parse
from buildtool.core.build.from_arguments import ArgumentError, Arguments
from buildtool.core.image.reference import parse_reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.build.dockerfile import Dockerfile, Instruction
    from buildtool.core.image.names import Platform
    from buildtool.core.image.reference import ImageReference

IMAGE = "docker-image://"
_SCRATCH = "scratch"
_MOST_STAGES = 500
_FRONTENDS = frozenset({"docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream"})
_NO_CONTEXTS = re.compile(r"(?:0|1\.[0-3])(?:\.\d+)*(?:-.*)?|experimental")  # named contexts came with 1.4
_FROM = re.compile(r"(?P<name>\S+)(?:\s+[Aa][Ss]\s+(?P<stage>\S+))?")


class UnknownBaseError(ValueError):
    """A base image that cannot be told from the text; the message says which and why."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """What decides which base images a build has; `changing` are arguments with another value in each run."""

    stage: str | None
    args: Mapping[str, str]
    platforms: Sequence[Platform]
    contexts: Mapping[str, str] = field(default_factory=dict)
    changing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BaseImages:
    """`tagged` are images by a tag that can move: the context that pins one -> its reference (`host/path:tag`).

    `unknown` says in words what cannot be told, "" for nothing.
    """

    tagged: Mapping[str, str]
    unknown: str = ""


@dataclass(slots=True)
class _Stage:
    """`base` is the word of FROM; `others` are those of COPY --from and of mounts."""

    name: str
    base: str
    others: list[str] = field(default_factory=list)


def base_images(text: str, settings: BuildSettings) -> BaseImages:
    """The images that a build with these settings takes from registries."""
    try:
        dockerfile = parse(text)
        _check_syntax(dockerfile, settings)
        found: dict[str, str] = {}
        for platform in settings.platforms:
            found |= _Reader(dockerfile, settings, platform).tagged()
    except (DockerfileError, UnknownBaseError, ArgumentError) as error:
        return BaseImages({}, str(error))
    return BaseImages(found)


def _check_syntax(dockerfile: Dockerfile, settings: BuildSettings) -> None:
    named = settings.args.get("BUILDKIT_SYNTAX") or dockerfile.syntax
    if not named:
        return
    try:
        reference = parse_reference(named.split()[0])
    except ValueError as error:
        raise UnknownBaseError(f"the syntax directive is {named[:100]!r}") from error
    if str(reference.repository) not in _FRONTENDS or _NO_CONTEXTS.fullmatch(reference.tag):
        raise UnknownBaseError(f"a frontend of its own reads the Dockerfile: syntax={named[:100]}")


class _Reader:
    """Goes through the stages for one platform."""

    def __init__(self, dockerfile: Dockerfile, settings: BuildSettings, platform: Platform) -> None:
        self._settings = settings
        self._arguments = Arguments(settings.args, settings.changing, platform)
        self._stages: list[_Stage] = []
        self._numbers: dict[str, list[int]] = {}  # of the stages with a name
        for one in dockerfile.instructions:
            self._read(one)

    def tagged(self) -> dict[str, str]:
        if not self._stages:
            raise UnknownBaseError("the Dockerfile has no FROM")
        needed = [self._built()]
        found: dict[str, str] = {}
        for number in needed:  # it grows while it is gone through
            for word, before in self._words(number):
                stage = self._stage_of(word, before)
                if stage is None:
                    found |= self._image(word)
                elif stage not in needed:
                    needed.append(stage)
        return found

    def _read(self, one: Instruction) -> None:
        if one.keyword == "ARG" and not self._stages:
            self._arguments.declare(one.rest)
        elif one.keyword == "FROM":
            found = _FROM.fullmatch(one.rest)
            if found is None:
                raise UnknownBaseError(f"FROM {one.rest[:100]} cannot be read")
            name = (found["stage"] or "").lower()
            if name:
                self._numbers.setdefault(name, []).append(len(self._stages))
            self._stages.append(_Stage(name, found["name"]))
            if len(self._stages) > _MOST_STAGES:
                raise UnknownBaseError(f"the Dockerfile has more than {_MOST_STAGES} stages")
        elif self._stages:
            self._stages[-1].others += _sources(one)

    def _built(self) -> int:
        name = self._settings.stage
        if name is None:
            return len(self._stages) - 1
        number = self._stage_of(name, len(self._stages), by_number=True)
        if number is None:
            raise UnknownBaseError(f"the Dockerfile has no stage {name}")
        return number

    def _words(self, number: int) -> Iterator[tuple[str, int]]:
        """What a stage takes, with the number of stages that stand before; a context in its place takes none."""
        stage = self._stages[number]
        if stage.name in self._settings.contexts:
            yield stage.name, 0
            return
        yield self._arguments.filled(stage.base), number
        for word in stage.others:
            if "$" in word:
                raise UnknownBaseError(f"from={word[:100]} is an argument")
            yield word, number

    def _stage_of(self, word: str, before: int, *, by_number: bool = False) -> int | None:
        named = [number for number in self._numbers.get(word.lower(), ()) if number < before]
        if named:
            return named[-1]
        numbered = word.isascii() and word.isdigit() and (by_number or before > 0) and int(word[:9]) < before
        return int(word[:9]) if numbered else None

    def _image(self, word: str) -> dict[str, str]:
        """The image behind a word that names no stage, where it is one by a tag."""
        if word.lower() == _SCRATCH:
            return {}
        contexts, key = self._settings.contexts, _reference(word).familiar
        if any(name.startswith(f"{key}::") for name in contexts):
            raise UnknownBaseError(f"{key} has a context for each platform")
        source = contexts.get(key) or IMAGE + word
        if not source.startswith(IMAGE):
            return {}  # a folder, a layout, another image: counted among the inputs
        reference = _reference(source.removeprefix(IMAGE))
        if reference.digest:
            return {}
        if key not in contexts and key in self._numbers:  # a context would take the place of the stage
            raise UnknownBaseError(f"{key} is the name of a stage too, so that it cannot be pinned to a digest")
        return {key: str(reference)}


def _reference(text: str) -> ImageReference:
    try:
        return parse_reference(text)
    except ValueError as error:
        raise UnknownBaseError(str(error)) from error


def _sources(one: Instruction) -> list[str]:
    """The stages and images that an instruction copies or mounts from."""
    if one.keyword in {"COPY", "ADD"}:
        return [flag.partition("=")[2] for flag in one.flags if flag.lower().startswith("--from=")]
    if one.keyword != "RUN":
        return []
    mounts = [flag.partition("=")[2] for flag in one.flags if flag.lower().startswith("--mount=")]
    fields = [part.partition("=") for mount in mounts for part in mount.replace('"', "").split(",")]
    return [value for key, _, value in fields if key.lower() == "from" and value]
