from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.buildx_builders import BuildxBuilders, selected_engine
from buildtool.adapters.docker_tools import DockerTools
from buildtool.core.build.builder_spec import BuilderSpec, NodeSpec
from buildtool.core.build.builder_view import BuilderView, NodeView
from buildtool.core.build.daemon_config import DaemonRegistry, registries_in
from buildtool.core.image.names import Platform
from buildtool.errors import BUILDER_UNUSABLE, DOCKER_MISSING, BuildtoolError
from tests.adapters.test_buildx import machine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")
FARM = BuilderSpec(
    "docker-container",
    (NodeSpec("default", (AMD,), {"image": "moby/buildkit:v0.25.0"}), NodeSpec("unix:///run/docker.sock", (ARM,))),
    {"192.168.0.40:5000": DaemonRegistry(http=True)},
)
RUNNING = BuilderView("farm", "remote", (NodeView("farm0", "tcp://a:1", "running"),))


def builders(environment: Mapping[str, str], view: BuilderView = RUNNING) -> BuildxBuilders:
    return BuildxBuilders(environment, lambda _: view, lambda _: None)


def own_buildx(folder: Path, engine: Mapping[str, str]) -> BuildxBuilders:
    """The real buildx, with no builders yet."""
    environment = {**os.environ, **engine, "BUILDX_CONFIG": str(folder)}
    return BuildxBuilders(environment, DockerTools(environment).view)


@pytest.mark.engine
def test_a_real_buildx_makes_shows_and_removes_it(tmp_path: Path, engine: Mapping[str, str]) -> None:
    """Nothing is started: BuildKit's image would have to be pulled."""
    made = own_buildx(tmp_path, engine)
    assert made.names() == []
    assert made.stored(FARM.name) is None
    made.create(FARM, 0)
    made.create(FARM, 1)
    assert made.names() == [FARM.name]
    stored = made.stored(FARM.name)
    assert stored is not None
    assert stored.driver == "docker-container"
    assert registries_in(stored.daemon_config) == FARM.registries, "buildx writes it anew"
    assert [(node.platforms, node.options) for node in stored.nodes.values()] == [
        ((AMD,), {"image": "moby/buildkit:v0.25.0"}),
        ((ARM,), {}),
    ]
    view = made.view(FARM.name)
    assert [(node.name, node.status) for node in view.nodes] == [
        (FARM.node_name(0), "inactive"),
        (FARM.node_name(1), "inactive"),
    ]
    assert made.activity(FARM.name).busy is False
    made.remove(FARM.name)
    assert made.names() == []


@pytest.mark.engine
def test_a_first_node_that_is_missing_is_added_to_the_others(tmp_path: Path, engine: Mapping[str, str]) -> None:
    made = own_buildx(tmp_path, engine)
    made.create(FARM, 1)
    made.create(FARM, 0)
    stored = made.stored(FARM.name)
    assert stored is not None
    assert set(stored.nodes) == {FARM.node_name(0), FARM.node_name(1)}


@pytest.mark.engine
def test_what_buildx_refuses_is_said_in_its_words(tmp_path: Path, engine: Mapping[str, str]) -> None:
    made = own_buildx(tmp_path, engine)
    with pytest.raises(BuildtoolError) as caught:
        made.create(BuilderSpec("docker-container", (NodeSpec("no-such-context"),)), 0)
    assert caught.value.kind is BUILDER_UNUSABLE
    assert "no-such-context" in caught.value.message
    with pytest.raises(BuildtoolError, match="docker buildx rm"):
        made.remove("buildtool-0123456789ab")
    with pytest.raises(BuildtoolError, match="no builder"):
        made.boot("buildtool-0123456789ab")


def test_a_builder_in_a_cluster_is_made_with_these_arguments(tmp_path: Path) -> None:
    """No cluster can be here: what buildx would be given."""
    spec = BuilderSpec("kubernetes", (NodeSpec("", (ARM,), {"namespace": "ci", "replicas": "3"}),), FARM.registries)
    keeps = f'--buildkitd-config=*) cat "${{one#*=}}" > {tmp_path}/toml ;;'
    script = f'printf "%s\\n" "$@" > {tmp_path}/argv; for one in "$@"; do case $one in {keeps} esac; done'
    environment = machine(tmp_path, script)
    builders({**environment, "PATH": f"{environment['PATH']}:/usr/bin:/bin"}).create(spec, 0)
    argv = (tmp_path / "argv").read_text().splitlines()
    assert argv[:2] == ["buildx", "create"]
    assert {
        f"--name={spec.name}",
        "--driver=kubernetes",
        "--platform=linux/arm64",
        "--driver-opt=namespace=ci",
        "--driver-opt=replicas=3",
    } < set(argv)
    assert not any("://" in one for one in argv)
    assert (tmp_path / "toml").read_text() == FARM.daemon_config


def test_without_docker(tmp_path: Path) -> None:
    with pytest.raises(BuildtoolError) as caught:
        builders(machine(tmp_path, None)).remove("farm")
    assert caught.value.kind is DOCKER_MISSING


def test_a_long_answer_is_cut_to_its_reason(tmp_path: Path) -> None:
    script = 'echo "WARNING: old" >&2; echo "#1 waiting" >&2; echo "ERROR: no route to host" >&2; exit 1'
    with pytest.raises(BuildtoolError) as caught:
        builders(machine(tmp_path, script)).boot("farm")
    assert caught.value.message == "builder farm: docker buildx inspect: no route to host"


HELD = "ID:\\tx\\nReclaimable:\\tfalse\\nDescription:\\tmount\\n\\n"
FREE = "ID:\\tx\\nReclaimable:\\ttrue\\n\\n"
END = "Reclaimable:\\t0B\\nTotal:\\t0B\\n"


@pytest.mark.parametrize(
    ("script", "busy", "words"),
    [
        (f'printf "{END}"', False, "0 records"),
        (f'printf "{FREE}{END}"', False, "0 records"),
        (f'printf "{HELD}{END}"', True, "1 record of its cache in use"),
        ("echo surprise", None, "nothing that buildtool can read"),
        ('echo "ERROR: gone" >&2; exit 1', None, "gone"),
    ],
)
def test_whether_somebody_builds(tmp_path: Path, script: str, busy: bool | None, words: str) -> None:  # noqa: FBT001
    found = builders(machine(tmp_path, script)).activity("farm")
    assert found.busy is busy
    assert words in found.words


def test_a_moment_after_a_build_is_no_build(tmp_path: Path) -> None:
    script = f'if [ -e {tmp_path}/asked ]; then printf "{END}"; else : > {tmp_path}/asked; printf "{HELD}{END}"; fi'
    assert builders(machine(tmp_path, script)).activity("farm").busy is False


@pytest.mark.parametrize(
    ("nodes", "busy", "words"),
    [
        ((NodeView("a", "ssh://a", "inactive"),), False, "no node runs"),
        ((NodeView("a", "ssh://a", "error", error="no route to host"),), None, "no route to host"),
        ((NodeView("a", "tcp://a:1", "running"), NodeView("b", "ssh://b", "inactive")), None, "no answer from ssh://b"),
    ],
)
def test_nodes_that_do_not_run(tmp_path: Path, nodes: tuple[NodeView, ...], busy: bool | None, words: str) -> None:  # noqa: FBT001
    found = builders(machine(tmp_path, "exit 9"), BuilderView("farm", "remote", nodes)).activity("farm")
    assert (found.busy, found.words) == (busy, words)


def test_a_record_of_any_bytes(tmp_path: Path) -> None:
    (tmp_path / "instances").mkdir()
    (tmp_path / "instances" / "farm").write_bytes(b"\xff\xfe")
    config = base64.b64encode(b"debug = true").decode()
    (tmp_path / "instances" / "good").write_text(
        json.dumps({"Nodes": [{"Name": "a", "Files": {"buildkitd.toml": config}}]})
    )
    made = builders({"BUILDX_CONFIG": str(tmp_path)})
    assert made.stored("farm") is None
    assert made.names() == ["farm", "good"]
    good = made.stored("good")
    assert good is not None
    assert good.daemon_config == "debug = true"


@pytest.mark.parametrize(
    ("environment", "config", "expected"),
    [
        ({}, None, "default"),
        ({}, "{}", "default"),
        ({}, '{"currentContext": "pi"}', "pi"),
        ({}, '{"currentContext": 3}', "default"),
        ({}, "not json", "default"),
        ({"DOCKER_CONTEXT": "vm"}, '{"currentContext": "pi"}', "vm"),
        ({"DOCKER_HOST": "tcp://a:1", "DOCKER_CONTEXT": "vm"}, None, "tcp://a:1"),
    ],
)
def test_the_engine_of_this_machine(
    tmp_path: Path, environment: dict[str, str], config: str | None, expected: str
) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    assert selected_engine({"DOCKER_CONFIG": str(tmp_path), **environment}) == expected
