"""Several registries behind one port: each repository is asked at its own host."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.registry import Credential, RegistryClient
from buildtool.adapters.registry.registries import Harbors, Registries, RegistriesRemovalWays
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import RemovalWay, TagRemoval
from buildtool.core.text.secrets import Secrets
from buildtool.errors import REGISTRY_AUTH, REGISTRY_NOT_FOUND, BuildtoolError
from tests.support.clock import PatientClock
from tests.support.harbor.server import harbor
from tests.support.harbor.state import FULL
from tests.support.memory.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.ports import Registry
    from tests.support.harbor.server import Harbor

A, B = Repository("a.example", "site/web"), Repository("b.example", "site/web")
LABELS = {"linux/amd64": {"team": "web"}}


def the_port_is_satisfied(registries: Registries) -> Registry:
    """Mypy holds this."""
    return registries


class Made:
    """Registries in memory, one for each host that is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.servers: dict[str, MemoryRegistry] = {}
        self.registries = Registries(self.make)  # type: ignore[arg-type]  # in memory, with the same methods

    def make(self, host: str) -> MemoryRegistry:
        self.asked.append(host)
        return self.servers.setdefault(host, MemoryRegistry())


@pytest.fixture
def made() -> Made:
    return Made()


def test_equal_paths_of_two_hosts_are_two_repositories(made: Made) -> None:
    every = made.registries
    first = every.at(A.host).add(A, LABELS, "one")  # type: ignore[attr-defined]
    assert (list(every.tags(A)), list(every.tags(B))) == (["one"], [])
    assert (every.digest(A, "one"), every.digest(B, "one")) == (first.digest, None)
    assert every.manifest(A, "one") == first
    every.put_manifest(B, "two", first)
    assert (list(every.tags(A)), list(every.tags(B))) == (["one"], ["two"])
    config = first.document()["config"]["digest"]
    with every.open_blob(A, config) as file:
        assert file.read() == every.blob(A, config)
    with pytest.raises(BuildtoolError):
        every.blob(B, config)
    assert every.remove_tag(A, "one") is TagRemoval.REMOVED
    assert (list(every.tags(A)), list(every.tags(B))) == ([], ["two"])


def test_one_client_for_each_host_whoever_asks_first(made: Made) -> None:
    begin = threading.Barrier(8)
    found: list[Any] = []

    def ask(number: int) -> None:
        begin.wait()
        found.append(made.registries.at(("a.example", "b.example")[number % 2]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made.asked) == ["a.example", "b.example"]
    assert len({id(one) for one in found}) == 2


def test_a_host_that_no_repository_is_at_is_not_asked(made: Made) -> None:
    made.registries.probe("a.example")
    assert made.asked == ["a.example"]


@pytest.mark.parametrize("call", ["digest", "manifest", "check_push", "tags", "blob"])
def test_a_login_in_a_fix_is_one_at_the_host_that_was_asked(
    made: Made, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token service that refused it may be at another host, which nobody logs in to."""

    def refuse(*_: object) -> Any:
        raise BuildtoolError(REGISTRY_AUTH, "no token", place="https://auth.example/token")

    monkeypatch.setattr(made.registries.at(B.host), call, refuse)
    arguments = {"digest": ("x",), "manifest": ("x",), "blob": ("sha256:0",)}.get(call, ())
    with pytest.raises(BuildtoolError) as raised:
        list(getattr(made.registries, call)(B, *arguments) or ())
    assert raised.value.fix == "docker login b.example"


def test_another_failure_is_handed_on_as_it_is(made: Made) -> None:
    with pytest.raises(BuildtoolError) as raised:
        made.registries.manifest(B, "nothing")
    assert (raised.value.kind, raised.value.fix) == (REGISTRY_NOT_FOUND, REGISTRY_NOT_FOUND.fix)


@pytest.fixture
def two_harbors() -> Iterator[tuple[Harbor, Harbor]]:
    with harbor() as one, harbor() as two:
        yield one, two


def test_the_harbor_of_each_repository_is_asked(two_harbors: tuple[Harbor, Harbor]) -> None:
    """With the account of its own host: the other one's is not known there."""
    accounts = {server.host: server.robot for server in two_harbors}
    accounts[two_harbors[1].host] = two_harbors[1].state.add_robot("other", "an0ther-s3cr3t", "website", FULL)

    def make(host: str) -> RegistryClient:
        login = Credential(accounts[host].name, accounts[host].secret)
        return RegistryClient(host, insecure=True, clock=PatientClock(), secrets=Secrets(), credentials=lambda: login)

    registries = Registries(make)
    harbors, ways = Harbors(registries, PatientClock()), RegistriesRemovalWays(registries, {})
    for server in two_harbors:
        repository = Repository(server.host, "website/web")
        facts = harbors.facts([repository])
        assert (facts.base, facts.login, facts.username) == (f"http://{server.host}", True, accounts[server.host].name)
        assert ways.removal_way(repository) is RemovalWay.HARBOR
        server.state.read_only = server is two_harbors[1]
    places = [Repository(server.host, "website/web") for server in two_harbors]
    refused = harbors.why_refused(places)
    assert refused is not None
    assert two_harbors[1].host in f"{refused.place} {refused.message}"
    registries.close()
