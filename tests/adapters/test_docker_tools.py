"""The real docker program; what an engine is needed for is marked."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.docker_tools import DockerTools, last_words
from buildtool.core.image.names import Platform
from buildtool.core.image.noop import noop_program
from buildtool.errors import BUILD_FAILED, BUILDER_UNUSABLE, DOCKER_MISSING, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ARM64 = Platform("linux", "arm64")
TOML = '[registry."192.168.0.40:5000"]\n  http = true\n'


@pytest.fixture
def tools(engine: Mapping[str, str]) -> DockerTools:
    return DockerTools({**os.environ, **engine})


def test_no_docker(tmp_path: Path) -> None:
    tools = DockerTools({"PATH": str(tmp_path)})
    with pytest.raises(BuildtoolError) as caught:
        tools.client_version()
    assert caught.value.kind is DOCKER_MISSING


def test_a_docker_that_breaks(tmp_path: Path) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    (tmp_path / "docker").chmod(0o755)
    with pytest.raises(BuildtoolError, match="broken"):
        DockerTools({"PATH": f"{tmp_path}:/bin"}).client_version()


@pytest.mark.engine
def test_the_version_is_a_version(tools: DockerTools) -> None:
    assert tools.client_version().split(".")[0].isdecimal()


@pytest.mark.engine
def test_the_selected_builder(tools: DockerTools) -> None:
    view = tools.view(None)
    assert view.running
    assert view.platforms


@pytest.mark.engine
def test_a_builder_that_does_not_exist(tools: DockerTools) -> None:
    with pytest.raises(BuildtoolError, match="nosuch") as caught:
        tools.view("nosuch")
    assert caught.value.kind is BUILDER_UNUSABLE
    assert caught.value.fix.startswith("docker buildx create --name nosuch")


@pytest.mark.engine
def test_what_a_builder_was_made_with_is_known_without_starting_it(
    tools: DockerTools, engine: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / "buildkitd.toml").write_text(TOML)
    create = ["docker", "buildx", "create", "--driver=docker-container"]
    for arguments in (["--name=with", f"--buildkitd-config={tmp_path}/buildkitd.toml"], ["--name=without"]):
        subprocess.run([*create, *arguments], env={**os.environ, **engine}, check=True, capture_output=True)
    view = tools.view("with")
    assert not view.running
    assert "192.168.0.40:5000" in (view.daemon_config or "")
    assert tools.view("without").daemon_config == ""


@pytest.mark.engine
@pytest.mark.arm64
def test_a_program_of_another_architecture_really_runs(arm64: None, tools: DockerTools) -> None:
    program = noop_program(ARM64)
    assert program is not None
    tools.run_program(None, ARM64, program)
    tools.run_program("default", ARM64, program)


@pytest.mark.engine
def test_a_program_that_cannot_run(tools: DockerTools) -> None:
    with pytest.raises(BuildtoolError) as caught:
        tools.run_program(None, ARM64, b"this is no program")
    assert caught.value.kind is BUILD_FAILED
    assert caught.value.message


@pytest.mark.parametrize(
    ("stderr", "expected"),
    [
        ("", "no reason given"),
        ("#5 0.1 exec /noop: exec format error\n----\nERROR: failed to solve: exit code: 1\n", "exec format error"),
        ("one\nERROR: failed to solve\n\n", "failed to solve"),
    ],
)
def test_the_line_that_says_why(stderr: str, expected: str) -> None:
    assert last_words(stderr).endswith(expected)
