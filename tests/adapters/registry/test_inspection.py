"""What doctor asks a registry: of a real one where there is one, and of a scripted one for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry.inspection import RegistryInspection
from buildtool.adapters.registry.login.auth import Credential
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import RemovalWay
from buildtool.core.registry.harbor import Use
from buildtool.errors import REGISTRY_DENIED, BuildtoolError
from tests.support.harbor.server import harbor
from tests.support.harbor.state import CI, PUSH_ONLY
from tests.support.httpserver import Reply
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.harbor.server import Harbor
    from tests.support.httpserver import Question

FRESH = "frontend"
UNKNOWN = Reply(404, {}, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
UNSUPPORTED = Reply(405, {}, b'{"errors":[{"code":"UNSUPPORTED"}]}')


def program() -> str:
    found = debian_registry()
    need(found, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert found is not None
    return found


@pytest.mark.parametrize(("delete", "way"), [(True, RemovalWay.BY_DIGEST), (False, RemovalWay.NONE)])
def test_how_distribution_28_lets_go_of_a_tag(
    tmp_path: Path, clients: Clients, way: RemovalWay, *, delete: bool
) -> None:
    with distribution(program(), tmp_path, delete=delete) as served:
        registry = RegistryInspection(clients(served.host), {})
        assert registry.removal_way(Repository(served.host, FRESH)) is way
        assert registry.harbor_findings([], 0) is None
        assert list(registry.tags(Repository(served.host, FRESH))) == []


def harbors_way(clients: Clients, fake: Harbor, rights: frozenset[str], project: str = "website") -> RemovalWay:
    account = fake.state.add_robot(f"r{len(rights)}", "s3cret-robot", "website", rights)
    client = clients(fake.host, credentials=lambda: Credential(account.name, account.secret))
    return RegistryInspection(client, {}).removal_way(Repository(fake.host, f"{project}/frontend"))


def test_harbor_is_recognised(clients: Clients) -> None:
    with harbor() as fake:
        robot = Credential(fake.robot.name, fake.robot.secret)
        registry = RegistryInspection(clients(fake.host, credentials=lambda: robot), {})
        repository = Repository(fake.host, "nosuch/frontend")
        found = registry.harbor_findings([Use(repository, "main-1234567-1700000000", "unproven")], 1_700_000_000)
        assert [finding.code for finding in found or ()] == ["harbor-project-missing"]
        assert registry.username() == fake.robot.name


def test_harbor_says_whether_a_tag_may_be_deleted(clients: Clients) -> None:
    with harbor() as fake:
        assert harbors_way(clients, fake, CI) is RemovalWay.HARBOR
        assert harbors_way(clients, fake, CI, "nosuch") is RemovalWay.UNKNOWN
        with pytest.raises(BuildtoolError) as caught:
            harbors_way(clients, fake, PUSH_ONLY)
        assert caught.value.kind is REGISTRY_DENIED
        assert "tag:delete" in caught.value.message
        fake.state.silent = True
        assert harbors_way(clients, fake, PUSH_ONLY) is RemovalWay.UNKNOWN
        assert not any(line.startswith("DELETE") for line in fake.state.asked)


def test_a_registry_that_deletes_single_tags(clients: Clients, script: Script) -> None:
    script.rules.append(lambda question: UNKNOWN if question.method == "DELETE" else None)
    registry = RegistryInspection(clients(script.host), {})
    assert registry.removal_way(Repository(script.host, FRESH)) is RemovalWay.BY_TAG
    deleted = [question.path for question in script.asked if question.method == "DELETE"]
    assert len(deleted) == 1
    assert deleted[0].startswith("/v2/frontend/manifests/no-such-tag-"), "nothing that is there"


@pytest.mark.parametrize(
    ("by_tag", "by_digest", "way"),
    [
        (UNSUPPORTED, UNKNOWN, RemovalWay.BY_DIGEST),
        (UNSUPPORTED, UNSUPPORTED, RemovalWay.NONE),
        (Reply(404), UNSUPPORTED, RemovalWay.NONE),
        (Reply(404), Reply(404), RemovalWay.UNKNOWN),
        (Reply(404, {}, b"<html>no such page</html>"), Reply(404), RemovalWay.UNKNOWN),
    ],
)
def test_a_404_that_names_nothing_proves_nothing(
    clients: Clients, script: Script, by_tag: Reply, by_digest: Reply, way: RemovalWay
) -> None:
    def deleted(question: Question) -> Reply | None:
        if question.method != "DELETE":
            return None
        return by_digest if "/sha256:" in question.path else by_tag

    script.rules.append(deleted)
    assert RegistryInspection(clients(script.host), {}).removal_way(Repository(script.host, FRESH)) is way


def test_an_account_that_may_not_delete(clients: Clients, script: Script) -> None:
    script.rules.append(lambda question: Reply(403) if question.method == "DELETE" else None)
    with pytest.raises(BuildtoolError) as caught:
        RegistryInspection(clients(script.host), {}).removal_way(Repository(script.host, FRESH))
    assert caught.value.kind is REGISTRY_DENIED


def test_who_we_are(clients: Clients) -> None:
    def named(credential: Credential | None) -> str | None:
        return RegistryInspection(clients("127.0.0.1:9", credentials=lambda: credential), {}).username()

    assert named(None) is None
    assert named(Credential("robot$web", "password-1")) == "robot$web"
    assert named(Credential("", "", "identity-token")) == "a token"


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "192.168.0.0/16"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_the_proxy_in_the_way(clients: Clients, environment: dict[str, str], proxy: str | None) -> None:
    assert RegistryInspection(clients("192.168.0.40:5000"), environment).proxy() == proxy
