from __future__ import annotations

import dataclasses
import tomllib
from typing import TYPE_CHECKING

import pytest

from buildtool.config import ImageConfig
from buildtool.core.build.builder import EngineLimits
from buildtool.core.facts import State
from buildtool.core.image.names import Platform
from buildtool.usecases.doctor.checks import registry_access
from tests.usecases.doctor.conftest import HOST, RUNNING, Engine

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts

PUSH, BASES = ("builder", "push over HTTP"), ("builder", "base images over HTTP")
FROM_THERE = f"FROM --platform=$BUILDPLATFORM {HOST}/base:1 AS base\n"


@pytest.mark.parametrize(
    ("store", "reaches", "state"),
    [
        (True, True, State.OK),
        (False, True, State.OK),
        (False, False, State.FAILED),
        (False, None, State.SKIPPED),
    ],
)
def test_the_docker_driver_pushes_as_the_engine_does(
    parts: Parts, state: State, *, reaches: bool | None, store: bool
) -> None:
    parts.engine, parts.limits = Engine(containerd_store=store), EngineLimits({HOST: reaches})
    fact = parts.look(registry_access)[PUSH]
    assert fact.state is state
    if state is State.FAILED:
        assert f'"insecure-registries": ["{HOST}"]' in fact.fix


def test_https_needs_nothing(parts: Parts) -> None:
    parts.change(insecure=False)
    assert {fact.state for fact in parts.look(registry_access).values()} == {State.SKIPPED}


@pytest.mark.parametrize(
    "dockerfile",
    [
        FROM_THERE,
        f"from {HOST}/base:1",
        f"FROM scratch\nCOPY --chown=1 --from={HOST}/tools:2 /a /b\n",
    ],
)
def test_a_base_image_from_there_needs_the_engine_to_read_http(parts: Parts, dockerfile: str) -> None:
    parts.machine.texts["/srv/shop/Dockerfile"] = dockerfile
    fact = parts.look(registry_access)[BASES]
    assert fact.state is State.FAILED
    assert fact.evidence.startswith(f"web starts from an image in {HOST}")
    parts.engine = Engine(insecure=(HOST,))
    assert parts.look(registry_access)[BASES].state is State.OK


@pytest.mark.parametrize("dockerfile", ["FROM nginx:1\n", f"FROM a/{HOST}/x\n", f"# FROM {HOST}/x\n", "", None])
def test_others_do_not(parts: Parts, dockerfile: str | None) -> None:
    if dockerfile is not None:
        parts.machine.texts["/srv/shop/Dockerfile"] = dockerfile
    assert parts.look(registry_access)[BASES].state is State.SKIPPED


def test_a_dockerfile_that_cannot_be_read_is_no_reason_to_fail(parts: Parts) -> None:
    parts.machine.texts["/srv/shop/Dockerfile"] = PermissionError(13, "Permission denied")
    assert parts.look(registry_access)[BASES].state is State.SKIPPED


def test_a_named_context_counts_for_the_image_it_replaces(parts: Parts) -> None:
    image = ImageConfig("web", (Platform("linux", "arm64"),), contexts={f"{HOST}/base:1": "docker-image://nginx:1"})
    parts.machine.texts["/srv/shop/Dockerfile"] = f"FROM {HOST}/base:1\n"
    parts.change(images={"web": image})
    assert parts.look(registry_access)[BASES].state is State.SKIPPED


@pytest.mark.parametrize(
    ("config", "state"),
    [
        (f'[registry."{HOST}"]\nhttp = true\n', State.OK),
        (f'[registry."{HOST}"]\ninsecure = true\n', State.FAILED),  # that is HTTPS with any certificate
        ('[registry."10.0.0.9:5000"]\nhttp = true\n', State.FAILED),
        ("", State.FAILED),
        ("not toml", State.FAILED),
        (None, State.SKIPPED),
    ],
)
def test_a_builder_reads_as_it_was_made(parts: Parts, config: str | None, state: State) -> None:
    parts.machine.texts["/srv/shop/Dockerfile"] = FROM_THERE
    parts.docker.shown = dataclasses.replace(RUNNING, driver="docker-container", daemon_config=config)
    found = parts.look(registry_access)
    assert found[BASES].state is state
    assert found[PUSH].state is State.OK


def test_the_configuration_in_the_fix_is_what_buildkit_reads() -> None:
    text = registry_access.buildkit_fix(HOST).partition("printf '")[2].partition("'")[0].replace("\\n", "\n")
    assert tomllib.loads(text) == {"registry": {HOST: {"http": True}}}


def test_other_drivers_cannot_be_looked_into(parts: Parts) -> None:
    parts.machine.texts["/srv/shop/Dockerfile"] = FROM_THERE
    parts.docker.shown = dataclasses.replace(RUNNING, driver="kubernetes")
    assert parts.look(registry_access)[BASES].state is State.SKIPPED
