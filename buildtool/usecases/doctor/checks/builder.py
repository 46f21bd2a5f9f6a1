"""The builder: is it there, can it build and run what is asked for, and reach the registry as it is."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from buildtool.core.build.builder import DIGEST_DRIVERS, emulation_fix
from buildtool.core.facts import Fact, State
from buildtool.core.image.noop import noop_program
from buildtool.errors import BuildtoolError
from buildtool.usecases.doctor.engine.check import Check
from buildtool.usecases.doctor.engine.shared import BlockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.build.builder_view import BuilderView
    from buildtool.core.image.names import Platform
    from buildtool.usecases.doctor.engine.examined import Examined

BUILDER = "builder"
_LOG = "journalctl --unit docker --since -5min"
# What comes of a program that the kernel hands to nobody, or to a broken interpreter.
_NOT_EMULATED = re.compile(r"exec format error|no such file or directory|exit code: \d+$", re.IGNORECASE)


def checks(examined: Examined) -> list[Check]:
    return [
        Check(BUILDER, "builder", lambda: _builder(examined)),
        Check(BUILDER, "platforms", lambda: _platforms(examined)),
        Check(BUILDER, "emulation", lambda: _runs(examined), 60.0),
    ]


def _builder(examined: Examined) -> Iterator[Fact]:
    view = examined.builder.own()
    wanted = examined.config.need().builder.driver
    if wanted is not None and view.driver != wanted:
        evidence = f"{view.name} was made with driver {view.driver}; buildtool.toml says {wanted}"
        create = f"docker buildx create --name {shlex.quote(view.name)}-{wanted} --driver {wanted}"
        fix = f"{create}, and name that builder in builder.name"
        yield Fact(BUILDER, "builder", State.WARNING, evidence, fix)
        return
    if not view.running:
        yield Fact(BUILDER, "builder", State.WARNING, f"{_named(view)}: not started yet", _look_at(view))
        return
    how = "by digest" if view.driver in DIGEST_DRIVERS else "under the candidate tag"
    yield Fact(BUILDER, "builder", State.OK, f"{_named(view)}: running, pushes unproven images {how}")


def _platforms(examined: Examined) -> Iterator[Fact]:
    view = _running(examined)
    missing = sorted(_wanted(examined) - view.platforms)
    there = ", ".join(map(str, sorted(view.platforms)))
    if not missing:
        yield Fact(BUILDER, "platforms", State.OK, there)
        return
    evidence = f"{view.name} cannot build for {', '.join(map(str, missing))}; it can for {there}"
    yield Fact(BUILDER, "platforms", State.FAILED, evidence, emulation_fix(missing))


def _runs(examined: Examined) -> Iterator[Fact]:
    """A program for each platform is really run by the builder, in an image made of nothing else."""
    view = _running(examined)
    for platform in sorted(_wanted(examined)):
        name, program = f"runs {platform}", noop_program(platform)
        if platform not in view.platforms:
            yield Fact(BUILDER, name, State.SKIPPED, "the builder does not claim to")
        elif program is None:
            yield Fact(BUILDER, name, State.SKIPPED, "there is no program to try it with")
        else:
            yield _run(examined, name, platform, program)


def _run(examined: Examined, name: str, platform: Platform, program: bytes) -> Fact:
    builder = examined.config.need().builder.name
    try:
        examined.ports.docker.run_program(builder, platform, program)
    except BuildtoolError as error:
        evidence = f"a program for {platform} does not run: {error.message}"
        started = _NOT_EMULATED.search(error.message)
        return Fact(BUILDER, name, State.FAILED, evidence, emulation_fix([platform]) if started else _LOG)
    return Fact(BUILDER, name, State.OK, "a program was built into an image and ran")


def _wanted(examined: Examined) -> set[Platform]:
    return {platform.normalized() for image in examined.config.need().images.values() for platform in image.platforms}


def _running(examined: Examined) -> BuilderView:
    """The builder where it can be asked to build; starting one is left to push."""
    view = examined.builder.need()
    if not view.running:
        raise BlockedError("the builder is not started yet")
    return view


def _named(view: BuilderView) -> str:
    return f"{view.name} (driver {view.driver}{_buildkit(view)})"


def _buildkit(view: BuilderView) -> str:
    version = next((node.buildkit for node in view.nodes if node.buildkit), "")
    return f", BuildKit {version}" if version and "unknown" not in version else ""


def _look_at(view: BuilderView) -> str:
    return f"docker buildx inspect --bootstrap {shlex.quote(view.name)}"
