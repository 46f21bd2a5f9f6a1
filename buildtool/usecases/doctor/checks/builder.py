"""The builder: whether it exists, builds for the platforms, and runs programs of each platform."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.build import prerequisites
from buildtool.core.build.builder import DIGEST_DRIVERS, ENGINE_DRIVER, BuilderFacts
from buildtool.core.facts import Fact, State
from buildtool.core.image.noop import noop_program
from buildtool.errors import BuildtoolError
from buildtool.usecases.doctor.engine.interfaces import Check, fact_of
from buildtool.usecases.doctor.engine.shared import BlockedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.build.builder_view import BuilderView
    from buildtool.core.image.names import Platform
    from buildtool.usecases.doctor.engine.shared_values import SharedValues

BUILDER = "builder"
_LOG = "journalctl --unit docker --since -5min"
# The errors of a program whose architecture has no emulator, or a broken one.
_NOT_EMULATED = re.compile(r"exec format error|no such file or directory|exit code: \d+$", re.IGNORECASE)


def checks(shared: SharedValues) -> list[Check]:
    return [
        Check(BUILDER, "builder", lambda: _builder(shared)),
        Check(BUILDER, "platforms", lambda: _platforms(shared)),
        Check(BUILDER, "emulation", lambda: _runs(shared), 60.0),
    ]


def _builder(shared: SharedValues) -> Iterator[Fact]:
    view = shared.builder.own()
    wanted = shared.config.need().builder.driver
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


def _platforms(shared: SharedValues) -> Iterator[Fact]:
    view, want = _running(shared), shared.wanted()
    builder = BuilderFacts.of(view, shared.buildx.need())
    if (want.on_several_platforms or want.attested or want.cached) and view.driver == ENGINE_DRIVER:
        builder = replace(builder, engine=shared.limits.need())
    problems = list(prerequisites.judge_build(builder, want))
    yield from (fact_of(BUILDER, "platforms", problem) for problem in problems)
    if not problems:
        yield Fact(BUILDER, "platforms", State.OK, ", ".join(map(str, sorted(view.platforms))))


def _runs(shared: SharedValues) -> Iterator[Fact]:
    """Run a small program for each platform on the builder, in an image that holds nothing else."""
    view = _running(shared)
    for platform in shared.wanted().every_platform:
        name, program = f"runs {platform}", noop_program(platform)
        if platform not in view.platforms:
            yield Fact(BUILDER, name, State.SKIPPED, "the builder does not list the platform")
        elif program is None:
            yield Fact(BUILDER, name, State.SKIPPED, "buildtool has no test program for this platform")
        else:
            yield _run(shared, name, platform, program)


def _run(shared: SharedValues, name: str, platform: Platform, program: bytes) -> Fact:
    builder = shared.config.need().builder.name
    try:
        shared.ports.docker.run_program(builder, platform, program)
    except BuildtoolError as error:
        evidence = f"a program for {platform} does not run: {error.message}"
        started = _NOT_EMULATED.search(error.message)
        return Fact(BUILDER, name, State.FAILED, evidence, prerequisites.emulation_fix(platform) if started else _LOG)
    return Fact(BUILDER, name, State.OK, "a program was built into an image and ran")


def _running(shared: SharedValues) -> BuilderView:
    """The builder where it can be asked to build; starting one is left to push."""
    view = shared.builder.need()
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
