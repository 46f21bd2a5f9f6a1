from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from buildtool.config import BuilderConfig, BuilderNode
from buildtool.core.build.builder_spec import NodeSpec, is_ours
from buildtool.core.build.daemon_config import DaemonRegistry
from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError
from buildtool.usecases.builder.which import Choice, choose
from tests.usecases.builder.conftest import AMD, CONFIG, NODES


def chosen(environment: dict[str, str] | None = None, **settings: Any) -> Choice:
    return choose(replace(CONFIG, builder=BuilderConfig(**settings)), environment or {}, lambda: "tcp://engine:2375")


def test_with_nothing_set_the_one_docker_has_selected() -> None:
    assert chosen() == Choice(None, None, ours=False, source="docker's selection")
    assert chosen(driver="docker").name is None, "nobody makes the engine's own"


def test_the_configuration_names_a_builder_after_itself() -> None:
    found = chosen(driver="docker-container", nodes=NODES)
    assert found.ours
    assert is_ours(str(found.name))
    assert found.spec is not None
    assert found.spec.nodes == (NodeSpec("vm", (AMD,)), NodeSpec("ssh://pi@pi.lan", NODES[1].platforms))
    assert found.spec.registries == {"192.168.0.40:5000": DaemonRegistry(http=True)}


def test_without_nodes_this_machines_engine() -> None:
    found = chosen(driver="docker-container", options={"image": "moby/buildkit:v0.25.0"})
    assert found.spec is not None
    assert found.spec.nodes == (NodeSpec("tcp://engine:2375", (), {"image": "moby/buildkit:v0.25.0"}),)


def test_a_cluster_needs_no_endpoint_and_is_another_one_with_another_kubeconfig() -> None:
    found = chosen({"KUBECONFIG": "/a"}, driver="kubernetes")
    assert found.spec is not None
    assert found.spec.nodes == (NodeSpec(""),)
    assert found.name != chosen({"KUBECONFIG": "/b"}, driver="kubernetes").name
    assert chosen({"KUBECONFIG": "/a"}, driver="remote", nodes=NODES).name == chosen(driver="remote", nodes=NODES).name


def test_remote_without_nodes_is_refused_with_what_to_write() -> None:
    with pytest.raises(BuildtoolError) as caught:
        chosen(driver="remote")
    assert caught.value.kind is BUILDER_UNUSABLE
    assert "[[builder.nodes]]" in caught.value.fix


@pytest.mark.parametrize(
    ("environment", "name", "expected", "source"),
    [
        ({"BUILDX_BUILDER": "farm"}, None, "farm", "BUILDX_BUILDER"),
        ({"BUILDX_BUILDER": "farm"}, "pi", "pi", "builder.name"),
        ({}, "pi", "pi", "builder.name"),
    ],
)
def test_a_name_wins_and_is_not_ours(environment: dict[str, str], name: str | None, expected: str, source: str) -> None:
    found = chosen(environment, name=name, driver="remote")
    assert (found.name, found.source, found.ours, found.driver) == (expected, source, False, "remote")
    assert found.spec is not None
    assert found.spec.nodes == (), "it is compared with what is written alone"


def test_options_of_all_nodes_and_of_one_and_certificates_by_absolute_paths() -> None:
    node = BuilderNode("tcp://pi:1234", (), {"servername": "pi"}, "certs/ca.pem", "/etc/c.pem", "../k.pem")
    found = chosen(driver="remote", nodes=(node,), options={"servername": "all", "default-load": "true"})
    assert found.spec is not None
    assert found.spec.nodes[0].options == {
        "servername": "pi",
        "default-load": "true",
        "cacert": "/srv/shop/certs/ca.pem",
        "cert": "/etc/c.pem",
        "key": "/srv/k.pem",
    }


def test_what_is_said_of_the_own_registry_is_kept() -> None:
    said = {"192.168.0.40:5000": DaemonRegistry(mirrors=("m:1",)), "docker.io": DaemonRegistry(insecure=True)}
    found = chosen(driver="docker-container", registries=said)
    assert found.spec is not None
    assert found.spec.registries == said | {"192.168.0.40:5000": DaemonRegistry(http=True, mirrors=("m:1",))}
    https = choose(
        replace(CONFIG, insecure=False, builder=BuilderConfig(driver="docker-container")), {}, lambda: "default"
    )
    assert https.spec is not None
    assert https.spec.registries == {}
