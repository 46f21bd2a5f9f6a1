from __future__ import annotations

from dataclasses import replace

import pytest

from buildtool.core.build.builder_fit import chosen_misfits, missing_nodes, own_misfits, reads_over_http
from buildtool.core.build.builder_spec import BuilderSpec, NodeSpec
from buildtool.core.build.builder_store import StoredBuilder
from buildtool.core.build.builder_view import BuilderView, NodeView
from buildtool.core.build.daemon_config import DaemonRegistry
from buildtool.core.image.names import Platform
from buildtool.errors.findings import Severity

AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")
VM, PI = NodeSpec("vm", (AMD,)), NodeSpec("ssh://pi@pi.lan", (ARM,))
HTTP = DaemonRegistry(http=True)
SPEC = BuilderSpec("docker-container", (VM, PI), {"192.168.0.40:5000": HTTP})


def node(name: str, spec: NodeSpec) -> NodeView:
    return NodeView(
        name,
        spec.endpoint,
        "running",
        "",
        frozenset(spec.platforms),
        listed=spec.platforms,
        fixed=frozenset(spec.platforms),
    )


FARM = BuilderView("farm", "docker-container", (node("farm0", VM), node("farm1", PI)), daemon_config=SPEC.daemon_config)
STORED = StoredBuilder(SPEC.driver, {SPEC.node_name(0): VM, SPEC.node_name(1): PI}, SPEC.daemon_config)


def test_a_named_builder_that_is_what_was_asked_for() -> None:
    assert list(chosen_misfits(FARM, "docker-container", SPEC)) == []
    assert list(chosen_misfits(FARM, None, None)) == []
    assert list(chosen_misfits(replace(FARM, nodes=FARM.nodes[::-1]), "docker-container", SPEC)) == []


@pytest.mark.parametrize(
    ("view", "words", "fix"),
    [
        (
            replace(FARM, driver="docker"),
            "made with driver docker; buildtool.toml says docker-container",
            "builder.name",
        ),
        (
            replace(FARM, nodes=FARM.nodes[:1]),
            "builder farm has no node ssh://pi@pi.lan; it has vm",
            "docker buildx create --driver docker-container --name farm --platform linux/arm64 --append ssh://pi@pi.lan",
        ),
        (
            replace(FARM, nodes=(FARM.nodes[0], node("farm1", replace(PI, platforms=(AMD,))))),
            "node farm1 (ssh://pi@pi.lan) of farm was not made for linux/arm64",
            "--platform linux/arm64 --node farm1 ssh://pi@pi.lan",
        ),
        (replace(FARM, daemon_config=""), "reads base images of 192.168.0.40:5000 without http", "builder.name"),
        (
            replace(FARM, daemon_config='[registry."192.168.0.40:5000"]\ninsecure = true\n'),
            "reads base images of 192.168.0.40:5000 without http",
            "builder.name",
        ),
    ],
)
def test_what_differs_in_a_named_builder(view: BuilderView, words: str, fix: str) -> None:
    (found,) = chosen_misfits(view, "docker-container", SPEC)
    assert words in found.message
    assert fix in found.fix
    assert found.severity is Severity.WARNING


def test_each_difference_is_one_finding() -> None:
    empty = BuilderView("farm", "docker-container", (), daemon_config="")
    assert len(list(chosen_misfits(empty, "docker-container", SPEC))) == 3


def test_mirrors_have_to_be_the_same() -> None:
    spec = replace(SPEC, registries={"docker.io": DaemonRegistry(mirrors=("192.168.0.40:5000",))})
    (found,) = chosen_misfits(FARM, "docker-container", spec)
    assert "without 1 mirror 192.168.0.40:5000" in found.message
    same = replace(FARM, daemon_config=spec.daemon_config)
    assert list(chosen_misfits(same, "docker-container", spec)) == []


@pytest.mark.parametrize("view", [replace(FARM, daemon_config=None), replace(FARM, driver="remote", daemon_config="")])
def test_what_is_not_known_of_the_daemon_is_not_said(view: BuilderView) -> None:
    assert list(chosen_misfits(view, view.driver, replace(SPEC, driver=view.driver))) == []


def test_a_builder_of_ours_as_it_was_made() -> None:
    assert list(own_misfits(SPEC, STORED)) == []
    assert missing_nodes(SPEC, STORED) == []


def test_a_node_that_was_never_made_is_missing_and_no_fault() -> None:
    half = replace(STORED, nodes={SPEC.node_name(1): PI})
    assert list(own_misfits(SPEC, half)) == []
    assert missing_nodes(SPEC, half) == [0]
    assert missing_nodes(SPEC, None) == [0, 1]


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (replace(STORED, driver="remote"), "has driver remote now, buildtool made it with docker-container"),
        (replace(STORED, driver=""), "has driver unknown now"),
        (
            replace(STORED, nodes={**STORED.nodes, SPEC.node_name(1): VM}),
            f"node {SPEC.node_name(1)} has linux/amd64 now, buildtool made it for linux/arm64",
        ),
        (
            replace(STORED, nodes={**STORED.nodes, SPEC.node_name(1): replace(PI, platforms=())}),
            "has no platforms now",
        ),
        (replace(STORED, nodes={**STORED.nodes, "more": PI}), "has a node more that buildtool did not make"),
    ],
)
def test_a_builder_of_ours_that_somebody_changed(stored: StoredBuilder, words: str) -> None:
    (found,) = own_misfits(SPEC, stored)
    assert words in found.message
    assert found.severity is Severity.ERROR
    assert found.fix.startswith("docker buildx ")


@pytest.mark.parametrize(
    ("config", "host", "known"),
    [
        (SPEC.daemon_config, "192.168.0.40:5000", True),
        (SPEC.daemon_config, "other:1", False),
        ("", "a", False),
        (None, "a", None),
    ],
)
def test_whether_base_images_are_read_over_http(config: str | None, host: str, known: bool | None) -> None:  # noqa: FBT001
    assert reads_over_http(replace(FARM, daemon_config=config), host) is known
