from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from buildtool.config import BuilderConfig, ImageConfig
from buildtool.core.build.builder import EngineLimits
from buildtool.core.build.builder_view import BuilderView, NodeView
from buildtool.core.facts import State
from buildtool.core.image.names import Platform
from buildtool.errors import BUILD_FAILED, DOCKER_UNREACHABLE, BuildtoolError
from buildtool.usecases.doctor.checks import builder
from tests.usecases.doctor.conftest import PLATFORMS, RUNNING

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts

STOPPED = BuilderView("box", "docker-container", (NodeView("box0", "unix:///var/run/docker.sock", "inactive"),))


def test_a_program_is_run_for_each_platform(parts: Parts) -> None:
    assert parts.look(builder)["builder", "runs linux/arm64"].state is State.OK
    assert parts.docker.ran == ["linux/arm64"]


def test_emulation_that_is_claimed_and_does_not_work(parts: Parts) -> None:
    parts.docker.refuses = BuildtoolError(BUILD_FAILED, "exec /noop: exec format error")
    fact = parts.look(builder)["builder", "runs linux/arm64"]
    assert fact.state is State.FAILED
    assert "exec format error" in fact.evidence
    assert fact.fix.startswith("docker run --privileged --rm tonistiigi/binfmt --install arm64")


def test_an_engine_that_fails_on_its_own_account_is_no_lack_of_emulation(parts: Parts) -> None:
    parts.docker.refuses = BuildtoolError(BUILD_FAILED, "failed to create endpoint x on network bridge")
    fact = parts.look(builder)["builder", "runs linux/arm64"]
    assert fact.state is State.FAILED
    assert fact.fix == "journalctl --unit docker --since -5min"


def test_a_platform_that_is_not_claimed_is_not_tried(parts: Parts) -> None:
    image = ImageConfig("web", (Platform("linux", "s390x"),))
    parts.change(images={"web": image})
    found = parts.look(builder)
    assert found["builder", "platforms"].state is State.FAILED
    assert found["builder", "runs linux/s390x"].state is State.SKIPPED
    assert parts.docker.ran == []


def test_a_platform_there_is_no_program_for(parts: Parts) -> None:
    platform = Platform("linux", "riscv64")
    parts.change(images={"web": ImageConfig("web", (platform,))})
    parts.docker.shown = BuilderView("default", "docker", (NodeView("n", "", "running", "", frozenset({platform})),))
    found = parts.look(builder)
    assert found["builder", "platforms"].state is State.OK
    assert found["builder", "runs linux/riscv64"].state is State.SKIPPED


def test_a_builder_that_is_not_running_is_not_started(parts: Parts) -> None:
    parts.docker.shown = STOPPED
    found = parts.look(builder)
    assert found["builder", "builder"].state is State.WARNING
    assert found["builder", "builder"].fix == "docker buildx inspect --bootstrap box"
    assert found["builder", "platforms"].state is found["builder", "emulation"].state is State.SKIPPED


@pytest.mark.parametrize("shown", [STOPPED, dataclasses.replace(RUNNING, error="cannot connect")])
def test_an_engine_that_is_down_is_one_failure(parts: Parts, shown: BuilderView) -> None:
    parts.docker.shown = shown
    parts.engine = BuildtoolError(DOCKER_UNREACHABLE, "down")
    assert {fact.state for fact in parts.look(builder).values()} == {State.SKIPPED}


def test_a_node_with_an_error(parts: Parts) -> None:
    node = NodeView("arm", "ssh://pi", "error", error="no route to host")
    parts.docker.shown = BuilderView("farm", "docker-container", (node,))
    fact = parts.look(builder)["builder", "builder"]
    assert fact.state is State.FAILED
    assert fact.evidence == "farm: no route to host"


def test_another_driver_than_configured(parts: Parts) -> None:
    parts.change(builder=BuilderConfig(name="default", driver="docker-container"))
    fact = parts.look(builder)["builder", "builder"]
    assert fact.state is State.WARNING
    assert "made with driver docker; buildtool.toml says docker-container" in fact.evidence


@pytest.mark.parametrize(("driver", "how"), [("docker", "candidate tag"), ("remote", "by digest")])
def test_how_unproven_images_go_out(parts: Parts, driver: str, how: str) -> None:
    parts.docker.shown = dataclasses.replace(RUNNING, driver=driver)
    assert how in parts.look(builder)["builder", "builder"].evidence


@pytest.mark.parametrize(
    ("driver", "containerd_store", "several", "state"),
    [
        ("docker", False, True, State.FAILED),
        ("docker", False, False, State.OK),
        ("docker", True, True, State.OK),
        ("docker-container", False, True, State.OK),
    ],
)
def test_an_engine_that_keeps_one_platform_of_an_image(
    parts: Parts, driver: str, state: State, *, containerd_store: bool, several: bool
) -> None:
    parts.limits = EngineLimits(several_platforms=containerd_store)
    parts.docker.shown = dataclasses.replace(RUNNING, driver=driver)
    parts.change(images={"web": ImageConfig("web", PLATFORMS if several else PLATFORMS[:1])})
    fact = parts.look(builder)["builder", "platforms"]
    assert fact.state is state
    assert ("web has several" in fact.evidence) is (state is State.FAILED)


def test_an_engine_that_does_not_answer_leaves_the_platforms_unknown(parts: Parts) -> None:
    parts.engine = BuildtoolError(DOCKER_UNREACHABLE, "nothing listens")
    parts.change(images={"web": ImageConfig("web", PLATFORMS)})
    fact = parts.look(builder)["builder", "platforms"]
    assert (fact.state, "engine" in fact.evidence) == (State.SKIPPED, True)
