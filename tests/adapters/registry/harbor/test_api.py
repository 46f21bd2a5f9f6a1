"""Harbor's own addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential, Harbor
from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import ServerKind, TagRemoval
from buildtool.errors import REGISTRY_DENIED, REGISTRY_FAILED, REGISTRY_IMMUTABLE
from tests.adapters.registry.harbor.conftest import FINAL, client_of, failure
from tests.support.harbor.artifacts import rule
from tests.support.harbor.state import CI, PUSH_ONLY, Scanner
from tests.support.httpserver import Reply
from tests.support.registries.images import image, upload
from tests.support.registries.prefixed import PREFIX, prefixed

if TYPE_CHECKING:
    from buildtool.adapters.registry import RegistryClient
    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.harbor.server import Harbor as Server
    from tests.support.harbor.state import Project

HARBOR = 'Bearer realm="http://{host}/service/token",service="harbor-registry"'


def pings(server: Server) -> int:
    return sum(line.endswith("/ping") for line in server.state.asked)


def test_it_is_known_once_and_stays_known(client: RegistryClient, server: Server, frontend: Repository) -> None:
    """After a refusal it asks for Basic, which says nothing of what it is."""
    assert client.probe().kind is ServerKind.HARBOR
    server.robot.rights["website"] = PUSH_ONLY
    failure(lambda: client.remove_tag(frontend, upload_one(client, frontend)))
    assert client.probe().kind is ServerKind.HARBOR
    assert HarborApi(client.session).is_there()
    assert pings(server) == 1


def upload_one(client: RegistryClient, repository: Repository) -> str:
    upload(client, repository, image(), "unproven")
    return "unproven"


def test_it_is_found_without_a_probe(client: RegistryClient, server: Server, frontend: Repository) -> None:
    upload_one(client, frontend)
    assert client.remove_tag(frontend, "unproven") is TagRemoval.REMOVED
    assert pings(server) == 1


@pytest.mark.parametrize("pong", [Reply(404), Reply(200, {}, b"<html>Pong</html>"), Reply(401), Reply(500)])
def test_a_challenge_that_names_harbor_is_not_believed_alone(clients: Clients, script: Script, pong: Reply) -> None:
    script.on("GET", "/v2/", Reply(401, {"WWW-Authenticate": HARBOR.format(host=script.host)}))
    script.on("GET", "/api/v2.0/ping", pong)
    assert clients(script.host).probe().kind is ServerKind.UNKNOWN


def test_another_hosts_pong_is_not_its_own(clients: Clients, script: Script, other: Script) -> None:
    script.on("GET", "/v2/", Reply(401, {"WWW-Authenticate": HARBOR.format(host=script.host)}))
    script.on("GET", "/api/v2.0/ping", Reply(302, {"Location": f"http://{other.host}/ping"}))
    other.on("GET", "/ping", Reply(200, {}, b"Pong"))
    assert clients(script.host).probe().kind is ServerKind.UNKNOWN


def test_a_registry_that_lets_everybody_in_is_not_asked(clients: Clients, script: Script) -> None:
    script.on("GET", "/v2/", Reply(200, {}, b"{}"))
    assert clients(script.host).probe().kind is ServerKind.UNKNOWN
    assert script.lines() == ["GET /v2/"]


def test_a_login_is_tested_by_basic(clients: Clients, server: Server) -> None:
    """The token service gives a wrong password, a disabled and an expired robot a token too."""
    for account in (server.state.add_robot("off", "s", "website"), server.state.add_robot("old", "s", "website")):
        account.disabled, account.expires = account.name.endswith("off"), 1 if account.name.endswith("old") else -1
        assert HarborApi(client_of(clients, server, account).session).login_works() is False
    assert HarborApi(client_of(clients, server, server.robot).session).login_works() is True
    assert HarborApi(client_of(clients, server, server.robot, "wrong").session).login_works() is False
    assert HarborApi(clients(server.host).session).login_works() is None
    token = clients(server.host, credentials=lambda: Credential("", "", "1dentity"))
    assert HarborApi(token.session).login_works() is None


def test_deleting_a_tag_needs_the_right(clients: Clients, server: Server, frontend: Repository) -> None:
    pusher = client_of(clients, server, server.state.add_robot("push", "s3cret-push", "website", PUSH_ONLY))
    upload_one(pusher, frontend)
    error = failure(lambda: pusher.remove_tag(frontend, "unproven"))
    assert error.kind is REGISTRY_DENIED
    deleter = client_of(clients, server, server.state.add_robot("ci", "s3cret-ci", "website", CI))
    assert deleter.remove_tag(frontend, "unproven") is TagRemoval.REMOVED
    assert server.state.tags("website/frontend") == {}


def test_a_tag_kept_back_from_readers_can_be_removed(
    client: RegistryClient, server: Server, website: Project, frontend: Repository
) -> None:
    upload_one(client, frontend)
    website.prevent_vulnerable()
    server.state.scanner = Scanner()
    assert client.remove_tag(frontend, "unproven") is TagRemoval.REMOVED
    assert server.state.tags("website/frontend") == {}


def test_a_name_with_slashes_is_encoded_twice(client: RegistryClient, server: Server) -> None:
    deep = Repository(server.host, "website/team/app")
    upload(client, deep, image(), "unproven", "keep")
    assert client.remove_tag(deep, "unproven") is TagRemoval.REMOVED
    path = "/api/v2.0/projects/website/repositories/team%252Fapp/artifacts/unproven/tags/unproven"
    assert f"DELETE {path}" in server.state.asked
    assert list(client.tags(deep)) == ["keep"]


def test_immutable_tags(client: RegistryClient, website: Project, frontend: Repository) -> None:
    website.immutable = [rule("master-*")]
    one = upload(client, frontend, image(), FINAL)
    client.put_manifest(frontend, FINAL, one.manifest)  # 412, and the same digest: done already
    assert failure(lambda: upload(client, frontend, image("other"), FINAL)).kind is REGISTRY_IMMUTABLE
    assert failure(lambda: client.remove_tag(frontend, FINAL)).kind is REGISTRY_IMMUTABLE
    assert client.digest(frontend, FINAL) == one.manifest.digest


def test_a_database_that_comes_back(
    clients: Clients, client: RegistryClient, server: Server, frontend: Repository
) -> None:
    """While it is away Harbor answers 401, and hands out tokens that may nothing."""
    upload(client, frontend, image(), FINAL)
    fresh = client_of(clients, server, server.robot)
    server.state.database_down = True

    def wait(seconds: float) -> None:
        clients.clock.slept.append(seconds)
        server.state.database_down = len(clients.clock.slept) < 2

    clients.clock.sleep = wait  # type: ignore[method-assign]
    assert list(fresh.tags(frontend)) == [FINAL]
    assert len(clients.clock.slept) == 2
    assert "its database is down" in clients.said[0]


def test_a_database_that_stays_away(client: RegistryClient, server: Server, frontend: Repository) -> None:
    server.state.database_down = True
    error = failure(lambda: list(client.tags(frontend)))
    assert error.kind is REGISTRY_FAILED
    assert "failed to connect to" in error.message


@pytest.mark.parametrize(
    ("path", "prefix"),
    [("website/frontend", ""), (f"{PREFIX}/website/frontend", PREFIX)],
    ids=["names", "prefixed names"],
)
def test_behind_a_proxy_with_a_path(clients: Clients, server: Server, path: str, prefix: str) -> None:
    """Its own API is below the path; the names of images begin with it, or do not, as the proxy has it."""
    with prefixed(server.host) as front:
        robot = Credential(server.robot.name, server.robot.secret)
        client = clients(front.host, credentials=lambda: robot, harbor_path=f"/{PREFIX}")
        repository = Repository(front.host, path, prefix)
        upload(client, repository, image(), "unproven", FINAL)
        assert client.probe().kind is ServerKind.HARBOR
        facts = Harbor(client.session, clients.clock).facts([repository])
        assert facts.projects["website"].there is True
        assert client.remove_tag(repository, "unproven") is TagRemoval.REMOVED
        assert list(client.tags(repository)) == [FINAL]
        assert "'website'" in failure(lambda: Harbor(client.session, clients.clock).create_project(repository)).message
        assert Harbor(client.session, clients.clock).why_refused([repository]) is None


def test_a_missing_project_behind_a_proxy_is_called_by_its_own_name(clients: Clients, server: Server) -> None:
    with prefixed(server.host) as front:
        robot = Credential(server.robot.name, server.robot.secret)
        client = clients(front.host, credentials=lambda: robot, harbor_path=f"/{PREFIX}")
        error = failure(lambda: client.check_push(Repository(front.host, f"{PREFIX}/nosuch/frontend", PREFIX)))
    assert "'nosuch'" in error.fix


def test_without_its_path_a_harbor_behind_a_proxy_is_any_registry(clients: Clients, server: Server) -> None:
    with prefixed(server.host) as front:
        robot = Credential(server.robot.name, server.robot.secret)
        client = clients(front.host, credentials=lambda: robot)
        assert client.probe().kind is ServerKind.UNKNOWN
