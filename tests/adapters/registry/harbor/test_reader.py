"""What is read of a Harbor by accounts that may see all, some or none of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential, Harbor
from buildtool.core.image.names import Repository
from buildtool.errors import REGISTRY_ANSWER
from tests.adapters.registry.harbor.conftest import FINAL, client_of, failure, findings
from tests.support.harbor.artifacts import retain, rule
from tests.support.harbor.state import CI, FULL, PUSH_ONLY, SETTINGS, Account
from tests.support.httpserver import Reply
from tests.support.registries.images import image, upload

if TYPE_CHECKING:
    from typing import Any

    from buildtool.adapters.registry import RegistryClient
    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.harbor.server import Harbor as Server
    from tests.support.harbor.state import Project

OLD = "master-0ld1234-1707000000"


def read(client: RegistryClient, clients: Clients, repository: Repository) -> Any:
    facts = Harbor(client.session, clients.clock).facts([repository])
    return facts, facts.projects.get(repository.path.partition("/")[0])


def test_nothing_is_wrong(client: RegistryClient, clients: Clients, frontend: Repository, website: Project) -> None:
    website.keep(retain("latestPushedK", 5))
    facts, project = read(client, clients, frontend)
    assert (facts.login, facts.read_only, facts.external_url) == (True, False, f"http://{frontend.host}")
    assert (project.there, project.public, project.proxies, project.unseen) == (True, False, False, ())
    assert findings(client, clients, frontend) == []


def test_a_push_only_robot_sees_all_metadata_and_says_what_it_does_not_see(
    clients: Clients, server: Server, frontend: Repository, website: Project
) -> None:
    """The project itself is forbidden to it, the filtered list is not."""
    website.prevent_vulnerable()
    website.keep(retain("always"))
    client = client_of(clients, server, server.state.add_robot("push", "s3cret-push", "website", PUSH_ONLY))
    _, project = read(client, clients, frontend)
    assert project.rights == PUSH_ONLY
    assert (project.prevents_vulnerable, project.scans_on_push, project.public) == (True, True, False)
    assert project.unseen == ("quota", "immutability", "retention", "the robot's expiry")
    assert not any("/summary" in line or "/robots" in line for line in server.state.asked)
    assert findings(client, clients, frontend) == ["harbor-rights", "harbor-unseen", "harbor-scan"]


def test_with_the_right_to_delete_tags_nothing_is_to_be_said(
    clients: Clients, server: Server, frontend: Repository
) -> None:
    client = client_of(clients, server, server.state.add_robot("ci", "s3cret-ci", "website", CI))
    assert findings(client, clients, frontend) == ["harbor-unseen"]


def test_permissions_that_are_not_told(
    client: RegistryClient, clients: Clients, server: Server, frontend: Repository
) -> None:
    """An older Harbor, or a proxy that lets only some addresses through: unknown is not missing."""
    server.state.silent = True
    facts, project = read(client, clients, frontend)
    assert (project.there, project.public, project.rights) == (None, None, None)
    assert facts.login is True
    assert findings(client, clients, frontend) == ["harbor-unseen"]


def test_an_administrator_whose_rights_are_an_empty_list(
    clients: Clients, server: Server, frontend: Repository
) -> None:
    client = client_of(clients, server, server.state.account("admin"))
    _, project = read(client, clients, frontend)
    assert project.rights is None
    assert project.unseen == ("its rights",)


def test_projects_of_similar_names_are_not_taken_for_it(
    client: RegistryClient, clients: Clients, server: Server, frontend: Repository
) -> None:
    for name in ("a-website", "website2", "website-old"):
        server.state.add_project(name).prevent_vulnerable()
        server.robot.rights[name] = FULL | SETTINGS
    _, project = read(client, clients, frontend)
    assert not project.prevents_vulnerable
    _, absent = read(client, clients, Repository(frontend.host, "site/frontend"))
    assert absent.there is False


def test_more_projects_than_a_page_holds(
    client: RegistryClient, clients: Clients, server: Server, frontend: Repository, website: Project
) -> None:
    del server.state.projects["website"]
    for number in range(230):
        name = f"website-{number}"
        server.state.add_project(name)
        server.robot.rights[name] = PUSH_ONLY
    server.state.projects["website"] = website
    website.prevent_vulnerable()
    _, project = read(client, clients, frontend)
    assert project.prevents_vulnerable


def test_a_project_that_is_missing(client: RegistryClient, clients: Clients, server: Server) -> None:
    assert findings(client, clients, Repository(server.host, "absent/frontend")) == ["harbor-project-missing"]
    assert findings(client, clients, Repository(server.host, "frontend")) == ["harbor-no-project"]


def test_a_wrong_password_is_known_by_basic(clients: Clients, server: Server, frontend: Repository) -> None:
    client = client_of(clients, server, server.robot, "wr0ng-secret")
    facts, project = read(client, clients, frontend)
    assert facts.login is False
    assert facts.read_only is None
    assert project.there is None
    assert findings(client, clients, frontend) == ["harbor-login", "harbor-unseen"]


def test_without_credentials_nothing_is_said_of_a_login(clients: Clients, server: Server, frontend: Repository) -> None:
    facts, _ = read(clients(server.host), clients, frontend)
    assert facts.login is None
    assert facts.username == ""


def test_read_only(client: RegistryClient, clients: Clients, server: Server, frontend: Repository) -> None:
    server.state.read_only = True
    assert findings(client, clients, frontend) == ["harbor-read-only"]


def test_quota(client: RegistryClient, clients: Clients, frontend: Repository, website: Project) -> None:
    website.quota, website.used = 10 << 20, 10 << 20
    assert findings(client, clients, frontend) == ["harbor-quota"]


def test_a_proxy_project(client: RegistryClient, clients: Clients, server: Server) -> None:
    server.state.add_project("mirror", proxies=1)
    server.robot.rights["mirror"] = FULL | SETTINGS
    assert findings(client, clients, Repository(server.host, "mirror/web")) == ["harbor-proxy"]


def test_a_private_project_that_flux_reads_without_a_login(
    client: RegistryClient, clients: Clients, frontend: Repository, website: Project
) -> None:
    assert findings(client, clients, frontend, watched="flux-system/web") == ["harbor-private"]
    website.metadata["public"] = "true"
    assert findings(client, clients, frontend, watched="flux-system/web") == []


def test_external_url(client: RegistryClient, clients: Clients, server: Server, frontend: Repository) -> None:
    server.state.external_url = "https://harbor.home.lan"
    assert findings(client, clients, frontend) == ["harbor-external-url"]


def test_immutable_tags(client: RegistryClient, clients: Clients, frontend: Repository, website: Project) -> None:
    website.immutable = [rule("master-*")]
    assert findings(client, clients, frontend) == ["harbor-immutable-final"]
    website.immutable = [rule("**")]
    assert findings(client, clients, frontend) == ["harbor-immutable-candidate", "harbor-immutable-final"]


KEEPS_ALL = [
    retain("latestPushedK", 5),
    retain("latestPulledN", 5),
    retain("nDaysSinceLastPush", 60),
    retain("nDaysSinceLastPull", 60),
    retain("always"),
]
LOSES_OLD = [
    retain("latestPushedK", 1),
    retain("latestPulledN", 1),
    retain("nDaysSinceLastPush", 30),
    retain("nDaysSinceLastPull", 30),
    retain("always", tags="master-abc*", untagged=False),
    {**retain("always"), "disabled": True},
]


@pytest.mark.parametrize("keeps", KEEPS_ALL, ids=lambda rule: rule["template"])
@pytest.mark.parametrize("loses", LOSES_OLD, ids=lambda rule: rule["template"])
def test_each_retention_policy(
    client: RegistryClient,
    clients: Clients,
    frontend: Repository,
    server: Server,
    website: Project,
    loses: dict[str, Any],
    keeps: dict[str, Any],
) -> None:
    """The old image was pushed and pulled 40 days ago, the new one today."""
    upload(client, frontend, image("old"), OLD)
    upload(client, frontend, image("new"), FINAL)
    repository = server.state.repository("website/frontend")
    assert repository is not None
    for tag, seconds in ((OLD, time.time() - 40 * 86_400), (FINAL, time.time())):
        artifact = repository.find(tag)
        assert artifact is not None
        artifact.pushed = artifact.pulled = artifact.tags[tag].pushed = artifact.tags[tag].pulled = seconds
    website.keep(loses)
    lost = [] if loses.get("disabled") else ["harbor-retention"]
    assert findings(client, clients, frontend, deployed=OLD) == lost
    assert findings(client, clients, frontend, deployed=FINAL, committed=(OLD,)) == lost
    assert findings(client, clients, frontend, deployed=FINAL) == []
    website.keep(loses, keeps)
    assert findings(client, clients, frontend, deployed=OLD) == []


def test_retention_looks_at_every_page(
    client: RegistryClient, clients: Clients, frontend: Repository, server: Server, website: Project
) -> None:
    for number in range(250):
        server.state.store(
            "website/frontend",
            b"{}",
            f"sha256:{number:064x}",
            "application/vnd.oci.image.manifest.v1+json",
            f"t{number}",
        )
    website.keep(retain("latestPushedK", 249))
    repository = server.state.repository("website/frontend")
    assert repository is not None
    for number, artifact in enumerate(repository.artifacts.values()):
        artifact.pushed = artifact.tags[f"t{number}"].pushed = 1_700_000_000 + number
    assert findings(client, clients, frontend, deployed="t0") == ["harbor-retention"]
    assert findings(client, clients, frontend, deployed="t1") == []


@pytest.mark.parametrize("prefix", ["robot$", "bot-", "ci_"])
def test_a_robots_expiry_is_asked_for_where_robots_are(
    clients: Clients, server: Server, frontend: Repository, prefix: str
) -> None:
    """The prefix of robots' names is a setting of Harbor."""
    server.state.robots = prefix
    robot = server.state.add_robot("soon", "s3cret-soon", "website", FULL | SETTINGS)
    client = client_of(clients, server, robot)
    assert findings(client, clients, frontend) == []
    robot.expires = int(time.time()) + 86_400
    assert findings(client, clients, frontend) == ["harbor-robot-expiry"]
    assert any(line.startswith("GET /api/v2.0/robots?q=Level%3Dproject%2CProjectID%3D2") for line in server.state.asked)


def test_a_robot_that_may_not_look_itself_up(clients: Clients, server: Server, frontend: Repository) -> None:
    robot = server.state.add_robot("soon", "s3cret-soon", "website", FULL)
    robot.expires = int(time.time()) + 86_400
    _, project = read(client_of(clients, server, robot), clients, frontend)
    assert project.expires == -1
    assert "the robot's expiry" in project.unseen


def test_a_person_is_no_robot(clients: Clients, server: Server, frontend: Repository) -> None:
    person = Account("maintainer", "s3cret-word", {"website": FULL | SETTINGS})
    server.state.accounts.append(person)
    assert findings(client_of(clients, server, person), clients, frontend) == []
    assert not any("/robots" in line for line in server.state.asked)


def test_the_login_of_a_robot_that_lost_its_dollar(clients: Clients, server: Server, frontend: Repository) -> None:
    client = clients(server.host, credentials=lambda: Credential("robot+builder", server.robot.secret))
    assert findings(client, clients, frontend) == ["harbor-robot-name", "harbor-unseen"]


@pytest.mark.parametrize("body", [b"<html>", b"7", b"\xff", b"[" * 99_999])
def test_an_api_that_answers_nonsense(clients: Clients, script: Script, body: bytes) -> None:
    script.on("GET", "/api/v2.0/systeminfo", Reply(200, {}, body))
    error = failure(lambda: read(clients(script.host), clients, Repository(script.host, "a/b")))
    assert error.kind is REGISTRY_ANSWER


@pytest.mark.parametrize(
    "odd", [b"{}", b"[]", b'[7, {"name": "a"}]', b'[{"name": "a", "metadata": [], "project_id": "x"}]']
)
def test_documents_of_other_shapes_are_passed_over(clients: Clients, script: Script, odd: bytes) -> None:
    script.on("GET", "/api/v2.0/systeminfo", Reply(200, {}, b'{"external_url": 7, "read_only": "yes"}'))
    for path in (
        "/projects",
        "/projects/a/summary",
        "/projects/a/immutabletagrules",
        "/users/current/permissions",
        "/robots",
    ):
        script.on("GET", f"/api/v2.0{path}", Reply(200, {}, odd))
    script.on("HEAD", "/api/v2.0/projects", Reply(200))
    client = clients(script.host, credentials=lambda: Credential("robot$a+b", "s3cret"))
    assert findings(client, clients, Repository(script.host, "a/b")) == ["harbor-unseen"]
