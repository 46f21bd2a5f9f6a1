from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.builder_spec import BuilderSpec, NodeSpec, create_arguments, driver_options, is_ours
from buildtool.core.build.daemon_config import DaemonRegistry
from buildtool.core.image.names import Platform

ARM, AMD = Platform("linux", "arm64"), Platform("linux", "amd64")
PI = NodeSpec("ssh://pi@192.168.0.41", (ARM,))
FARM = BuilderSpec(
    "docker-container", (NodeSpec("default", (AMD,)), PI), {"192.168.0.40:5000": DaemonRegistry(http=True)}
)


def test_the_name_is_the_hash_of_the_settings() -> None:
    assert is_ours(FARM.name)
    assert FARM.name == replace(FARM).name, "the same settings, the same builder"
    assert FARM.node_name(1) == f"{FARM.name}-1"


@pytest.mark.parametrize(
    "other",
    [
        replace(FARM, driver="remote"),
        replace(FARM, nodes=(PI,)),
        replace(FARM, nodes=FARM.nodes[::-1]),
        replace(FARM, nodes=(replace(FARM.nodes[0], platforms=()), PI)),
        replace(FARM, nodes=(replace(FARM.nodes[0], options={"image": "moby/buildkit:v0.25.0"}), PI)),
        replace(FARM, registries={}),
        replace(FARM, registries={"192.168.0.40:5001": DaemonRegistry(http=True)}),
        replace(FARM, registries={"192.168.0.40:5000": DaemonRegistry(insecure=True)}),
        replace(FARM, registries={**FARM.registries, "docker.io": DaemonRegistry(mirrors=("mirror:5000",))}),
        replace(FARM, place="/home/pi/.kube/config"),
    ],
)
def test_every_other_setting_gives_another_builder(other: BuilderSpec) -> None:
    assert other.name != FARM.name


def test_settings_that_say_nothing_change_nothing() -> None:
    assert replace(FARM, registries={**FARM.registries, "docker.io": DaemonRegistry()}).name == FARM.name


def test_a_registry_setting_makes_another_builder_also_where_the_daemon_is_not_ours() -> None:
    remote = BuilderSpec("remote", (NodeSpec("tcp://pi:1234"),), {"r:1": DaemonRegistry(http=True)})
    assert remote.daemon_config == ""
    assert remote.name != replace(remote, registries={}).name


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("buildtool-0123456789ab", True),
        ("buildtool-0123456789ab-0", False),
        ("buildtool-192-168-0-40-5000", False),
        ("buildtool-0123456789AB", False),
        ("default", False),
    ],
)
def test_names_that_buildtool_gives(name: str, ours: bool) -> None:  # noqa: FBT001
    assert is_ours(name) is ours


def test_the_arguments_that_make_each_node() -> None:
    first = create_arguments(FARM, 0, "/tmp/b/buildkitd.toml", append=False)
    assert first == [
        f"--name={FARM.name}",
        f"--node={FARM.name}-0",
        "--driver=docker-container",
        "--platform=linux/amd64",
        "--buildkitd-config=/tmp/b/buildkitd.toml",
        "--",
        "default",
    ]
    second = create_arguments(FARM, 1, None, append=True)
    assert "--append" in second
    assert second[-2:] == ["--", "ssh://pi@192.168.0.41"]


def test_a_builder_in_a_cluster() -> None:
    """Two deployments, each on the machines of its architecture; the endpoint is buildx's own."""
    nodes = tuple(
        NodeSpec(
            "", (platform,), {"namespace": "ci", "replicas": "2", "nodeselector": f"kubernetes.io/arch={name},disk=ssd"}
        )
        for name, platform in (("amd64", AMD), ("arm64", ARM))
    )
    spec = BuilderSpec("kubernetes", nodes, FARM.registries, "/etc/kube/config")
    assert create_arguments(spec, 1, "/f", append=True) == [
        f"--name={spec.name}",
        f"--node={spec.name}-1",
        "--driver=kubernetes",
        "--append",
        "--platform=linux/arm64",
        "--driver-opt=namespace=ci",
        '--driver-opt="nodeselector=kubernetes.io/arch=arm64,disk=ssd"',
        "--driver-opt=replicas=2",
        "--buildkitd-config=/f",
    ]


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z.]{0,8}", fullmatch=True), st.text(st.characters(exclude_categories=["C"]))
    )
)
def test_no_value_of_an_option_becomes_an_option_of_its_own(options: dict[str, str]) -> None:
    spec = BuilderSpec("remote", (NodeSpec("tcp://pi:1", (), options),))
    arguments = create_arguments(spec, 0, None, append=False)
    assert [one.partition("=")[0] for one in arguments[:-2]] == ["--name", "--node", "--driver"] + [
        "--driver-opt"
    ] * len(options)
    assert len(driver_options(options)) == len(options)
