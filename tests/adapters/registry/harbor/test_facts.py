"""Against the fake Harbor in front of a real registry."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential, create_project, harbor_findings, wait_for_scan
from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import TagRemoval
from buildtool.core.registry.harbor import Use
from buildtool.errors import (
    REGISTRY_AUTH,
    REGISTRY_DENIED,
    REGISTRY_IMMUTABLE,
    REGISTRY_PROJECT,
    REGISTRY_QUOTA,
    REGISTRY_REALM,
    REGISTRY_SCAN,
    BuildtoolError,
)
from tests.support.harbor.server import harbor
from tests.support.httpserver import Reply
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.images import image, index, upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from buildtool.adapters.registry import RegistryClient
    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.harbor.server import Harbor

FINAL = "master-abc1234-1707300000"
OTHER = image("other")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert program is not None
    with distribution(program, tmp_path_factory.mktemp("registry")) as served:
        yield served.host


@pytest.fixture
def server(behind: str) -> Iterator[Harbor]:
    with harbor(behind) as fake:
        yield fake


@pytest.fixture
def client(clients: Clients, server: Harbor) -> RegistryClient:
    return clients(server.host, credentials=lambda: Credential(server.robot.name, server.robot.secret))


@pytest.fixture
def frontend(server: Harbor) -> Repository:
    return Repository(server.host, "website/frontend")


def failure(work: Callable[[], Any]) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        work()
    return caught.value


def findings(client: RegistryClient, repository: Repository, deployed: str | None = None) -> list[str]:
    now = int(time.time())
    return [finding.code for finding in harbor_findings(client, [Use(repository, FINAL, "unproven", deployed)], now)]


def test_a_path_without_a_project(client: RegistryClient, server: Harbor) -> None:
    bare = Repository(server.host, "frontend")
    for work in (
        lambda: client.check_push(bare),
        lambda: list(client.tags(bare)),
        lambda: client.digest(bare, "t"),
        lambda: client.manifest(bare, "t"),
    ):
        error = failure(work)
        assert error.kind is REGISTRY_PROJECT
        assert "PROJECT/frontend" in error.fix
    assert findings(client, bare) == ["harbor-no-project"]


def test_a_project_that_is_missing(client: RegistryClient, server: Harbor) -> None:
    absent = Repository(server.host, "absent/frontend")
    error = failure(lambda: client.check_push(absent))
    assert error.kind is REGISTRY_PROJECT
    assert "create the project 'absent'" in error.fix
    assert findings(client, absent) == ["harbor-project-missing"]


def test_a_project_is_made_and_used_with_a_new_token(client: RegistryClient, server: Harbor) -> None:
    server.robot.system = True
    absent = Repository(server.host, "fresh/frontend")
    failure(lambda: client.check_push(absent))
    assert create_project(client, absent) is True
    client.check_push(absent)
    assert create_project(client, absent) is False


def test_a_project_robot_makes_none(client: RegistryClient, server: Harbor) -> None:
    assert failure(lambda: create_project(client, Repository(server.host, "fresh/x"))).kind is REGISTRY_DENIED
    assert failure(lambda: create_project(client, Repository(server.host, "x"))).kind is REGISTRY_PROJECT


def test_a_robot_that_may_only_pull(client: RegistryClient, server: Harbor, frontend: Repository) -> None:
    server.robot.actions = frozenset({"pull"})
    error = failure(lambda: client.check_push(frontend))
    assert error.kind is REGISTRY_AUTH
    assert "action: push" in error.message


def test_a_robot_whose_secret_is_wrong(clients: Clients, server: Harbor, frontend: Repository) -> None:
    client = clients(server.host, credentials=lambda: Credential(server.robot.name, "wr0ng-secret"))
    error = failure(lambda: client.check_push(frontend))
    assert error.kind is REGISTRY_AUTH
    assert server.robot.name in error.message
    assert "wr0ng-secret" not in error.message
    assert "whether it has expired" in error.fix
    assert findings(client, frontend) == ["harbor-unseen"]


def test_read_only(client: RegistryClient, server: Harbor, frontend: Repository) -> None:
    server.state.read_only = True
    error = failure(lambda: client.check_push(frontend))
    assert error.kind is REGISTRY_DENIED
    assert "read only" in error.message
    assert findings(client, frontend) == ["harbor-read-only"]


def test_quota(client: RegistryClient, server: Harbor, frontend: Repository) -> None:
    server.state.projects["website"].quota_full = True
    assert failure(lambda: upload(client, frontend, image(), "unproven")).kind is REGISTRY_QUOTA
    assert findings(client, frontend) == ["harbor-quota"]


def test_immutable_tags(client: RegistryClient, server: Harbor, frontend: Repository) -> None:
    server.state.projects["website"].immutable = ["master-*"]
    one = upload(client, frontend, image(), FINAL)
    client.put_manifest(frontend, FINAL, one.manifest)  # 412, and the same digest: done already
    assert failure(lambda: upload(client, frontend, OTHER, FINAL)).kind is REGISTRY_IMMUTABLE
    assert failure(lambda: client.remove_tag(frontend, FINAL)).kind is REGISTRY_IMMUTABLE
    assert client.digest(frontend, FINAL) == one.manifest.digest
    assert findings(client, frontend) == ["harbor-immutable-final"]
    server.state.projects["website"].immutable = ["**"]
    assert findings(client, frontend) == ["harbor-immutable-candidate", "harbor-immutable-final"]


def test_images_that_may_not_be_pulled_before_their_scan(
    clients: Clients, client: RegistryClient, server: Harbor, frontend: Repository
) -> None:
    project = server.state.projects["website"]
    project.prevent_vulnerable = True
    one = upload(client, frontend, image())
    for work in (
        lambda: client.manifest(frontend, one.manifest.digest),
        lambda: client.digest(frontend, one.manifest.digest),
    ):
        error = failure(work)
        assert error.kind is REGISTRY_SCAN
        assert "without vulnerability scanning" in error.message
    assert findings(client, frontend) == ["harbor-scan"]

    def wait() -> None:
        wait_for_scan(client, frontend, one.manifest.digest, clients.clock, 9.0)

    clients.clock.slept.clear()
    assert failure(wait).kind is REGISTRY_SCAN
    assert clients.clock.slept == [3.0] * 3
    project.scanned.add(one.manifest.digest)
    wait()
    assert client.manifest(frontend, one.manifest.digest) == one.manifest


def test_external_url(clients: Clients, server: Harbor, frontend: Repository) -> None:
    server.state.external_url = "https://harbor.home.lan"
    client = clients(server.host, credentials=lambda: Credential(server.robot.name, server.robot.secret))
    error = failure(lambda: client.check_push(frontend))
    assert error.kind is REGISTRY_REALM
    assert "external_url" in error.fix
    assert findings(client, frontend) == ["harbor-external-url"]


def test_retention(client: RegistryClient, server: Harbor, frontend: Repository) -> None:
    old = upload(client, frontend, image("old"), "master-0ld1234-1707000000")
    upload(client, frontend, OTHER, FINAL)
    project = server.state.projects["website"]
    project.pushed[old.manifest.digest] -= 40 * 86_400
    rule: dict[str, object] = {
        "template": "latestPushedK",
        "params": {"latestPushedK": 1},
        "tag_selectors": [{"kind": "doublestar", "decoration": "matches", "pattern": "**"}],
        "scope_selectors": {"repository": [{"kind": "doublestar", "decoration": "repoMatches", "pattern": "**"}]},
    }
    project.retention = [rule]
    assert findings(client, frontend, "master-0ld1234-1707000000") == ["harbor-retention"]
    assert findings(client, frontend, FINAL) == []
    project.retention = [rule | {"disabled": True}, rule | {"params": {"latestPushedK": 5}}]
    assert findings(client, frontend, "master-0ld1234-1707000000") == []


def test_a_robot_that_may_look_itself_up(client: RegistryClient, server: Harbor, frontend: Repository) -> None:
    server.robot.expires = int(time.time()) + 86_400
    assert findings(client, frontend) == ["harbor-robot-expiry"]


def test_each_platform_of_an_index_has_a_scan_of_its_own(
    clients: Clients, client: RegistryClient, server: Harbor, frontend: Repository
) -> None:
    one, other = upload(client, frontend, image()), upload(client, frontend, OTHER)
    both = index(one, other)
    client.put_manifest(frontend, both.digest, both)
    project = server.state.projects["website"]
    project.prevent_vulnerable = True
    project.scanned |= {both.digest, one.manifest.digest}
    clients.clock.slept.clear()
    error = failure(lambda: wait_for_scan(client, frontend, both.digest, clients.clock, 6.0))
    assert error.kind is REGISTRY_SCAN
    assert other.manifest.digest in str(error.place)
    assert "did not end within 6 s" in error.message
    assert clients.clock.slept == [3.0] * 2
    project.scanned.add(other.manifest.digest)
    wait_for_scan(client, frontend, both.digest, clients.clock, 0.0)


def test_a_tag_kept_back_from_readers_can_be_removed(
    client: RegistryClient, server: Harbor, frontend: Repository
) -> None:
    upload(client, frontend, image(), "unproven")
    server.state.projects["website"].prevent_vulnerable = True
    assert client.remove_tag(frontend, "unproven") is TagRemoval.REMOVED
    assert server.state.tags("website/frontend") == {}


def test_a_tag_without_a_push(client: RegistryClient, frontend: Repository) -> None:
    one = upload(client, frontend, image(), FINAL)
    api = HarborApi(client.session)
    assert api.add_tag(frontend, one.manifest.digest, "again") is True
    assert api.add_tag(frontend, one.manifest.digest, "again") is False
    assert sorted(client.tags(frontend)) == ["again", FINAL]


def test_a_name_with_slashes_is_encoded_twice(client: RegistryClient, server: Harbor) -> None:
    deep = Repository(server.host, "website/team/app")
    upload(client, deep, image(), "unproven", "keep")
    assert client.remove_tag(deep, "unproven") is TagRemoval.REMOVED
    path = "/api/v2.0/projects/website/repositories/team%252Fapp/artifacts/unproven/tags/unproven"
    assert f"DELETE {path}" in server.state.asked
    assert list(client.tags(deep)) == ["keep"]


def test_a_plain_registry_is_no_harbor(clients: Clients, behind: str) -> None:
    assert findings(clients(behind), Repository(behind, "frontend")) == []


@pytest.mark.parametrize("body", [b"<html>", b"7", b"\xff", b"[" * 99_999])
def test_an_api_that_answers_nonsense(clients: Clients, script: Script, body: bytes) -> None:
    script.on("GET", "/api/v2.0/ping", Reply(200, {}, b"Pong"))
    script.on("GET", "/api/v2.0/systeminfo", Reply(200, {}, body))
    error = failure(lambda: findings(clients(script.host), Repository(script.host, "a/b")))
    assert error.kind.code == "registry-answer"


def test_documents_of_other_shapes_are_passed_over(clients: Clients, script: Script) -> None:
    odd = b'{"external_url": 7, "metadata": [], "quota": "x", "read_only": "yes"}'
    script.on("GET", "/api/v2.0/ping", Reply(200, {}, b'"Pong"'))
    for path in ("/systeminfo", "/projects/a", "/projects/a/summary", "/projects/a/immutabletagrules"):
        script.on("GET", f"/api/v2.0{path}", Reply(200, {}, odd))
    script.on("HEAD", "/api/v2.0/projects", Reply(200))
    assert findings(clients(script.host), Repository(script.host, "a/b")) == []
