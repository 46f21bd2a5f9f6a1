"""What real Dockerfiles need, in real builds: ssh, limits, hosts, network, arguments to the byte."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_build import NOWHERE, blob, build, config_of
from tests.support.need import need
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.engine

TEXT = "one\n\ttwo \"quoted\" 'too'\n ${HOME} $${x} %{y} %%{z} \\ , = ü \r\n end "


class Case:
    """An image `api` for this machine; `built` builds it and gives what a step wrote to /told."""

    def __init__(self, shop: Shop, engine: Mapping[str, str], folder: Path) -> None:
        self.shop, self.engine, self.folder = shop, engine, folder

    def configure(self, dockerfile: str, lines: str) -> None:
        self.shop.write("api/Dockerfile", f"FROM busybox:1.37\n{dockerfile}\n")
        self.shop.configure(api=lines)
        text = (self.shop.folder / "buildtool.toml").read_text().replace('args = {VERSION = "{tag}"}\n', "")
        self.shop.write("buildtool.toml", text)

    def built(self, dockerfile: str, lines: str, **environment: str) -> Path:
        """The layout of the image."""
        self.configure(dockerfile, lines)
        ran = build(self.shop, self.engine, "api", "--output", str(self.folder), **environment)
        assert ran.code == 0, ran
        return self.folder / "api"


@pytest.fixture
def case(tmp_path: Path, engine: Mapping[str, str], base_contexts: Mapping[str, str]) -> Case:
    return Case(Shop(tmp_path / "shop", NOWHERE, base_contexts), engine, tmp_path / "out")


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[str]:
    """The socket of a real ssh-agent with one key."""
    key, socket = tmp_path / "key", tmp_path / "agent"
    made = subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=False)
    need(made.returncode == 0, "no ssh-keygen")
    started = subprocess.run(["ssh-agent", "-s", "-a", str(socket)], capture_output=True, text=True, check=True)
    number = re.search(r"SSH_AGENT_PID=(\d+)", started.stdout)
    assert number is not None
    try:
        subprocess.run(["ssh-add", "-q", str(key)], env={**os.environ, "SSH_AUTH_SOCK": str(socket)}, check=True)
        yield str(socket)
    finally:
        os.kill(int(number[1]), signal.SIGTERM)


@pytest.mark.parametrize("lines", ['ssh = ["default"]', 'ssh = ["git=SOCKET"]'])
def test_the_agent_is_there_in_the_step_that_mounts_it(case: Case, agent: str, lines: str) -> None:
    more = ",id=git" if "git" in lines else ""
    step = f"RUN --mount=type=ssh{more} [ -S $SSH_AUTH_SOCK ]"
    layout = case.built(step, lines.replace("SOCKET", agent), SSH_AUTH_SOCK=agent)
    assert config_of(layout)["os"] == "linux"


def test_without_an_agent_nothing_is_built(case: Case) -> None:
    case.configure("RUN --mount=type=ssh true", 'ssh = ["default"]')
    ran = build(case.shop, case.engine, "api", SSH_AUTH_SOCK="")
    assert ran.code == 2, ran
    assert (
        "the ssh agent or key 'default' is not there: the environment variable SSH_AUTH_SOCK is not set" in ran.stderr
    )


def test_shared_memory_and_limits(case: Case) -> None:
    step = "RUN df -k /dev/shm | grep -q ' 131072 ' && [ $(ulimit -Sn) = 1234 ] && [ $(ulimit -Hn) = 2345 ]"
    layout = case.built(step, 'shm_size = "128m"\nulimits = ["nofile=1234:2345"]')
    assert config_of(layout)["os"] == "linux"


def test_arguments_and_labels_to_the_byte(case: Case) -> None:
    quoted = _toml(TEXT)
    layout = case.built(
        "ARG A\nARG B\nENV A=$A B=$B",
        f'args = {{A = {quoted}, B = {{env = "FROM_HERE"}}}}\nlabels = {{l = {quoted}}}',
        FROM_HERE=TEXT,
    )
    settings = config_of(layout)["config"]
    assert settings["Labels"]["l"] == TEXT  # type: ignore[index]
    assert {f"A={TEXT}", f"B={TEXT}"} <= set(settings["Env"])  # type: ignore[index]


def test_an_argument_without_a_value_is_refused(case: Case) -> None:
    case.configure("ARG B", 'args = {B = {env = "FROM_HERE"}}')
    ran = build(case.shop, case.engine, "api")
    assert ran.code == 2, ran
    assert "the build argument B has no value: the environment variable FROM_HERE is not set" in ran.stderr


def test_a_stage_without_the_cache(case: Case) -> None:
    steps = "RUN cat /proc/uptime > /when\nFROM busybox:1.37 AS fetch\nRUN cat /proc/uptime > /when"
    last = [_layers(case.built(steps, lines))[-1] for lines in ("", "", 'no_cache_filter = ["fetch"]')]
    assert last[0] == last[1] != last[2]


@pytest.mark.parametrize(
    ("lines", "step", "since"),
    [
        ('network = "none"', "RUN [ $(ls /sys/class/net | wc -l) = 1 ]", (0, 17)),
        ('network = "host"', "RUN [ -e /sys/class/net/lo ]", (0, 17)),
        (
            'extra_hosts = {"db.example" = "10.1.2.3"}',
            "RUN grep -E '^10.1.2.3[[:space:]]+db.example$' /etc/hosts",
            (0, 25),
        ),
    ],
)
def test_network_and_hosts_or_the_buildx_that_is_needed(
    case: Case, lines: str, step: str, since: tuple[int, int]
) -> None:
    told = subprocess.run(["docker", "buildx", "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v?(\d+)\.(\d+)", told)
    assert found is not None
    if (int(found[1]), int(found[2])) >= since:
        assert config_of(case.built(step, lines))["os"] == "linux"
        return
    case.configure(step, lines)
    ran = build(case.shop, case.engine, "api")
    assert ran.code == 11, ran
    assert f"needs buildx {since[0]}.{since[1]}.0" in ran.stderr


def _layers(layout: Path) -> list[str]:
    """The digests of the layers, lowest first."""
    [entry] = json.loads((layout / "index.json").read_text())["manifests"]
    return [layer["digest"] for layer in blob(layout, entry["digest"])["layers"]]


def _toml(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(one, one) for one in text) + '"'
