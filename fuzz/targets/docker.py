"""Docker's own files, its helpers, and its engine's words."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import httpx

from buildtool.adapters import engine, process
from buildtool.adapters.docker_config import logged_in
from buildtool.adapters.registry.http.proxies import proxy_for
from buildtool.adapters.registry.login.credentials import from_docker
from buildtool.adapters.registry.login.helper import ask
from buildtool.core.image.names import Platform
from buildtool.core.image.noop import noop_program
from fuzz.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFIG = json.dumps(
    {
        "auths": {"h:5000": {"auth": "cm9ib3QkY2k6cHc=", "identitytoken": ""}, "https://index.docker.io/v1/": {}},
        "credsStore": "",
        "credHelpers": {"gcr.io": "gcloud"},
        "HttpHeaders": {"X": "y"},
    }
).encode()
_HELPER = json.dumps({"ServerURL": "h:5000", "Username": "robot$ci", "Secret": "pw"}).encode()
_INFO = json.dumps(
    {
        "ServerVersion": "26.1.5",
        "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        "RegistryConfig": {
            "IndexConfigs": {"h:5000": {"Secure": False}, "docker.io": {"Secure": True}},
            "InsecureRegistryCIDRs": ["127.0.0.0/8"],
        },
        "DockerRootDir": "/var/lib/docker",
    }
).encode()
_FOLDER = Path(tempfile.mkdtemp(prefix="buildtool-fuzz-"))


@contextlib.contextmanager
def _answering(text: str) -> Iterator[None]:
    """No program runs: what it would print is the case."""

    def run(*_: Any, **__: Any) -> process.ProgramOutput:
        return process.ProgramOutput(text, text)

    with mock.patch.object(process, "run", run):
        yield


def _config(data: bytes) -> None:
    (_FOLDER / "config.json").write_bytes(data)
    environment = {"DOCKER_CONFIG": str(_FOLDER), "PATH": "/nowhere"}
    with _answering(_HELPER.decode()):
        from_docker("h:5000", environment)
    with logged_in(environment, {"h:5000": ("user", "password")}):
        pass


def _helper(data: bytes) -> None:
    with _answering(data.decode("utf-8", "replace")):
        ask("gcloud", "h:5000", {})


def _engine(data: bytes) -> None:
    with engine._translated("it does not answer"):  # noqa: SLF001 -- as its only caller does
        facts = engine._facts(json.loads(data))  # noqa: SLF001
    facts.is_insecure("h:5000")
    facts.is_insecure("10.0.0.1:5000")


def _platform(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    Platform.listed(text)
    noop_program(Platform.parse(text))


def _proxy(data: bytes) -> None:
    proxy, _, excluded = data.decode("utf-8", "replace").partition("\n")
    proxy_for(httpx.URL("http://192.168.1.2:5000/v2/"), {"http_proxy": proxy, "no_proxy": excluded})
    proxy_for(httpx.URL("https://h.lan/v2/"), {"HTTPS_PROXY": proxy, "NO_PROXY": excluded})


TARGETS = (
    Target("docker-config", (_CONFIG,), _config, share=0.5),
    Target("docker-helper", (_HELPER,), _helper),
    Target("docker-info", (_INFO,), _engine),
    Target("platform", (b"linux/arm64", b"linux/arm/v7, linux/amd64*", b"unknown/unknown"), _platform, (ValueError,)),
    Target("proxy", (b"http://u:p@p:3128\n10.0.0.0/8,.lan,h:5000,*", b"socks5://p:1\n"), _proxy),
)
