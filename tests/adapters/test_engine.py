from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.engine import EngineFacts, engine_facts
from buildtool.errors import DOCKER_UNREACHABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize(
    ("host", "insecure"),
    [
        ("127.0.0.1:5000", True),
        ("localhost:5000", True),
        ("[::1]:5000", True),
        ("10.1.2.3:80", True),
        ("harbor.example:80", True),
        ("harbor.example", False),
        ("192.168.0.40:5000", False),
    ],
)
def test_hosts_and_networks(host: str, insecure: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    listed = ("harbor.example:80", "127.0.0.0/8", "::1/128", "10.0.0.0/8")
    facts = EngineFacts("28", containerd_store=True, insecure=listed)
    assert facts.is_insecure(host) is insecure


@pytest.mark.engine
def test_the_real_one(engine: Mapping[str, str]) -> None:
    facts = engine_facts({**os.environ, **engine})
    assert facts.version
    assert facts.is_insecure("127.0.0.1:1")


# docker-py leaves the socket it could not connect to the garbage collector
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("host", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9", "surprise://x", "npipe:////./x"])
def test_an_engine_that_is_not_there(host: str) -> None:
    with pytest.raises(BuildtoolError) as raised:
        engine_facts({"DOCKER_HOST": host}, timeout=2)
    assert raised.value.kind is DOCKER_UNREACHABLE
