"""The stand-in for Harbor, and a client with its robot's credentials."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.registry import Credential, Harbor
from buildtool.core.image.names import Repository
from buildtool.core.registry.harbor import Use, judge
from buildtool.errors import BuildtoolError
from tests.support.harbor.server import harbor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from buildtool.adapters.registry import RegistryClient
    from tests.adapters.registry.conftest import Clients
    from tests.support.harbor.server import Harbor as Server
    from tests.support.harbor.state import Account, Project

FINAL = "master-abc1234-1707300000"


@pytest.fixture
def server() -> Iterator[Server]:
    with harbor() as fake:
        yield fake


@pytest.fixture
def website(server: Server) -> Project:
    return server.website


@pytest.fixture
def client(clients: Clients, server: Server) -> RegistryClient:
    return client_of(clients, server, server.robot)


def client_of(clients: Clients, server: Server, account: Account, secret: str = "") -> RegistryClient:
    return clients(server.host, credentials=lambda: Credential(account.name, secret or account.secret))


@pytest.fixture
def work(client: RegistryClient, clients: Clients) -> Harbor:
    return Harbor(client.session, clients.clock)


@pytest.fixture
def frontend(server: Server) -> Repository:
    return Repository(server.host, "website/frontend")


def failure(work: Callable[[], Any]) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        work()
    return caught.value


def findings(client: RegistryClient, clients: Clients, repository: Repository, **use: Any) -> list[str]:
    """The codes of what `judge` finds in the facts that were read."""
    facts = Harbor(client.session, clients.clock).facts([repository])
    wanted = Use(repository, FINAL, "unproven", **use)
    return [finding.code for finding in judge(facts, [wanted], int(time.time()))]
