"""`[builder]` as a whole: which driver takes what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.config import BuilderNode
from buildtool.core.build.daemon_config import DaemonRegistry
from buildtool.core.image.names import Platform
from tests.config.test_cross_checks import WEB

if TYPE_CHECKING:
    from tests.config.conftest import Project


def builder(text: str) -> str:
    return f"{WEB}[builder]\n{text}\n"


def node(text: str) -> str:
    return f"[[builder.nodes]]\n{text}\n"


REMOTE, CONTAINER, CLUSTER = ('driver = "remote"\n', 'driver = "docker-container"\n', 'driver = "kubernetes"\n')
TCP = 'endpoint = "tcp://pi:1234"\n'
WRONG = {
    "nodes without a driver": (node('endpoint = "pi"'), "nodes need a driver that can have them"),
    "nodes of the engine itself": ('driver = "docker"\n' + node('endpoint = "pi"'), "nodes need a driver"),
    "options without a driver": ('options = { image = "x" }', "options need a driver that can have them"),
    "registries without a driver": ('registries = { "r:1" = { http = true } }', "registries need a driver"),
    "a node without a place": (CONTAINER + node('platforms = ["linux/arm64"]'), "has no endpoint"),
    "a context for remote": (REMOTE + node('endpoint = "pi"'), "a docker context is no buildkitd"),
    "a buildkitd for an engine's driver": (
        CONTAINER + node('endpoint = "docker-container://b"'),
        'it needs driver = "remote"',
    ),
    "an endpoint in a cluster": (CLUSTER + node('endpoint = "pi"'), "an endpoint has no place here"),
    "certificates for an engine": (
        CONTAINER + node(TCP + 'cacert = "ca.pem"'),
        "cacert: only tcp:// with the driver remote",
    ),
    "certificates for ssh": (REMOTE + node('endpoint = "ssh://pi"\ncacert = "ca.pem"'), "cacert: only tcp://"),
    "half a key pair": (REMOTE + node(TCP + 'cacert = "ca.pem"\ncert = "c.pem"'), "cert and key go together"),
    "one machine twice": (REMOTE + node(TCP) + node(TCP), "the same endpoint is a node already"),
    "registries of a daemon that is not started": (
        REMOTE + 'registries = { "r:1" = { http = true } }\n' + node(TCP),
        "nothing reads them with the driver remote",
    ),
    "an option for another program": (CONTAINER + node('endpoint = "--rm"'), "no docker context and no address"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_refused_at_its_place(project: Project, text: str, words: str) -> None:
    (said,) = project.mistakes(builder(text))
    assert words in said
    assert "builder." in said


def test_every_node_with_a_mistake_is_named(project: Project) -> None:
    said = project.mistakes(builder(REMOTE + node('endpoint = "pi"') + node(TCP) + node('endpoint = "vm"')))
    assert [line.partition(": ")[2].partition(":")[0] for line in said] == ["builder.nodes[0]", "builder.nodes[2]"]


FINE = {
    "the engine itself": 'driver = "docker"',
    "a driver to compare": 'name = "farm"\ndriver = "remote"',
    "a cluster": CLUSTER
    + 'options = { namespace = "ci" }\n'
    + node('options = { nodeselector = "kubernetes.io/arch=arm64" }'),
    "two machines": CONTAINER + node('endpoint = "default"') + node('endpoint = "ssh://pi@pi.lan"'),
    "a key pair": REMOTE + node(TCP + 'cacert = "ca.pem"\ncert = "c.pem"\nkey = "k.pem"'),
}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE.keys())
def test_what_is_fine(project: Project, text: str) -> None:
    assert project.mistakes(builder(text)) == []


def test_every_key_arrives(project: Project) -> None:
    text = (
        CONTAINER
        + 'options = { image = "moby/buildkit:v0.25.0" }\n'
        + 'registries = { "docker.io" = { mirrors = ["192.168.0.40:5000/hub"], insecure = true } }\n'
        + node('endpoint = "ssh://pi@pi.lan"\nplatforms = ["linux/arm64"]\noptions = { network = "host" }')
    )
    found = project.load(builder(text)).builder
    assert found.options == {"image": "moby/buildkit:v0.25.0"}
    assert found.registries == {"docker.io": DaemonRegistry(insecure=True, mirrors=("192.168.0.40:5000/hub",))}
    assert found.nodes == (BuilderNode("ssh://pi@pi.lan", (Platform("linux", "arm64"),), {"network": "host"}),)
