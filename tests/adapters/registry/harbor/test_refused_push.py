"""Why a push is refused, in Harbor's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.registry import Credential
from buildtool.core.image.names import Repository
from buildtool.errors import REGISTRY_AUTH, REGISTRY_DENIED, REGISTRY_PROJECT, REGISTRY_QUOTA
from tests.adapters.registry.harbor.conftest import client_of, failure
from tests.support.harbor.state import PUSH_ONLY
from tests.support.registries.images import image, upload

if TYPE_CHECKING:
    from buildtool.adapters.registry import Harbor, RegistryClient
    from tests.adapters.registry.conftest import Clients
    from tests.support.harbor.server import Harbor as Server
    from tests.support.harbor.state import Project


def test_nothing_is_refused_and_nothing_is_left(work: Harbor, server: Server, frontend: Repository) -> None:
    assert work.why_refused([frontend]) is None
    assert server.state.blobs == {}
    assert server.state.tags("website/frontend") is None


def test_a_plain_registry_says_nothing(clients: Clients, server: Server, frontend: Repository) -> None:
    client = clients(server.host)
    client.session.is_harbor = False
    before = list(server.state.asked)
    from buildtool.adapters.registry import Harbor as Work  # noqa: PLC0415 -- the fixture has the name

    assert Work(client.session, clients.clock).why_refused([frontend]) is None
    assert server.state.asked == before


@pytest.mark.parametrize("rights", [PUSH_ONLY, None])
def test_a_quota_is_told_in_its_numbers(
    clients: Clients, server: Server, website: Project, frontend: Repository, rights: frozenset[str] | None
) -> None:
    """Also to a robot that may not read it. The word quota is nowhere in the answer."""
    from buildtool.adapters.registry import Harbor as Work  # noqa: PLC0415

    account = server.state.add_robot("push", "s3cret-push", "website", rights) if rights else server.robot
    website.quota, website.used = 10 << 20, 9 << 20
    client = client_of(clients, server, account)
    error = Work(client.session, clients.clock).why_refused([frontend])
    assert error is not None
    assert error.kind is REGISTRY_QUOTA
    assert "exceed the configured upper limit of 10.0 MiB" in error.message
    assert "quota" not in error.message


def test_a_manifest_that_does_not_fit(client: RegistryClient, website: Project, frontend: Repository) -> None:
    website.quota, website.used = 10 << 20, 10 << 20
    assert failure(lambda: upload(client, frontend, image(), "unproven")).kind is REGISTRY_QUOTA


def test_read_only(work: Harbor, client: RegistryClient, server: Server, frontend: Repository) -> None:
    server.state.read_only = True
    for error in (work.why_refused([frontend]), failure(lambda: client.check_push(frontend))):
        assert error is not None
        assert error.kind is REGISTRY_DENIED
        assert "read only" in error.message
        assert "Repository Read Only" in error.fix


def test_a_proxy_project(work: Harbor, server: Server) -> None:
    server.state.add_project("mirror", proxies=1)
    server.robot.rights["mirror"] = PUSH_ONLY
    error = work.why_refused([Repository(server.host, "mirror/web")])
    assert error is not None
    assert error.kind is REGISTRY_DENIED
    assert "only mirrors another registry" in error.fix


def test_a_robot_that_may_only_pull(clients: Clients, server: Server, frontend: Repository) -> None:
    robot = server.state.add_robot("ro", "s3cret-ro", "website", frozenset({"repository:pull"}))
    error = failure(lambda: client_of(clients, server, robot).check_push(frontend))
    assert error.kind is REGISTRY_DENIED
    assert "'robot$website+ro' is logged in, and may not do this" in error.message
    assert "action: push" in error.message


@pytest.mark.parametrize("how", ["password", "disabled", "expired"])
def test_a_login_that_is_not_taken(clients: Clients, server: Server, frontend: Repository, how: str) -> None:
    server.robot.disabled = how == "disabled"
    server.robot.expires = 1 if how == "expired" else -1
    client = client_of(clients, server, server.robot, "wr0ng-secret" if how == "password" else "")
    error = failure(lambda: client.check_push(frontend))
    assert error.kind is REGISTRY_AUTH
    assert f"does not accept the login of {server.robot.name!r}" in error.message
    assert "whether it has expired" in error.fix
    assert "wr0ng-secret" not in error.message


def test_no_login_at_all(clients: Clients, server: Server, frontend: Repository) -> None:
    error = failure(lambda: clients(server.host).check_push(frontend))
    assert error.kind is REGISTRY_AUTH
    assert "unauthorized to access repository" in error.message


def test_a_project_that_is_missing(client: RegistryClient, server: Server) -> None:
    absent = Repository(server.host, "absent/frontend")
    error = failure(lambda: client.check_push(absent))
    assert error.kind is REGISTRY_PROJECT
    assert "create the project 'absent'" in error.fix


def test_a_path_without_a_project(clients: Clients, client: RegistryClient, server: Server) -> None:
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
    anonymous = clients(server.host, credentials=lambda: Credential("someone", "else"))
    assert failure(lambda: anonymous.check_push(bare)).kind is REGISTRY_PROJECT
