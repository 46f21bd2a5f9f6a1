"""`buildtool push` to a Harbor: what its settings do to a push, found before the build, or waited for.

The Harbor is the stand-in of tests/support/harbor, in front of a real registry; engine and buildx are real.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.buildtool import buildtool
from tests.support.harbor.server import harbor
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.harbor.server import Harbor
    from tests.support.harbor.state import Project
    from tests.support.parts import Registries

pytestmark = pytest.mark.engine
RULE: dict[str, object] = {
    "template": "latestPushedK",
    "params": {"latestPushedK": 1},
    "tag_selectors": [{"kind": "doublestar", "decoration": "matches", "pattern": "**"}],
    "scope_selectors": {"repository": [{"kind": "doublestar", "decoration": "repoMatches", "pattern": "**"}]},
}


@pytest.fixture(scope="module")
def behind(registry_server: Registries) -> Iterator[str]:
    server = registry_server()
    yield server.address
    server.stop()


@pytest.fixture
def server(behind: str) -> Iterator[Harbor]:
    with harbor(behind) as fake:
        yield fake


@pytest.fixture
def website(server: Harbor) -> Project:
    return server.state.projects["website"]


@pytest.fixture
def shop(tmp_path: Path, server: Harbor) -> Shop:
    return Shop(tmp_path / "shop", f"{server.host}/website", {}, tiny=True)


class Pusher:
    """Runs `push` with the robot's credentials in the environment."""

    def __init__(self, shop: Shop, server: Harbor, engine: Mapping[str, str]) -> None:
        self._folder = shop.folder
        self._env = {
            **engine,
            "BUILDTOOL_REGISTRY_USERNAME": server.robot.name,
            "BUILDTOOL_REGISTRY_PASSWORD": server.robot.secret,
        }

    def __call__(self, *arguments: str) -> Ran:
        return buildtool("push", "--json", *arguments, cwd=self._folder, env=self._env)

    def refused(self, *arguments: str) -> str:
        """What it says when it ends with 14 before any build."""
        ran = self(*arguments)
        assert ran.code == 14, ran
        assert "Build and push" not in ran.stderr
        return ran.stderr


@pytest.fixture
def push(shop: Shop, server: Harbor, engine: Mapping[str, str]) -> Pusher:
    return Pusher(shop, server, engine)


def published(server: Harbor, project: str = "website") -> dict[str, set[str]]:
    return {name: set(server.state.tags(f"{project}/{name}") or {}) for name in ("web", "api")}


def warnings(ran: Ran) -> str:
    assert ran.code == 0, ran
    document: dict[str, Any] = ran.document
    return "\n".join(document["warnings"])


def test_a_robot_pushes_and_the_candidate_goes_through_harbors_own_api(push: Pusher, server: Harbor) -> None:
    ran = push()
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    assert published(server) == {"web": {tag}, "api": {tag}}
    assert ran.document["warnings"] == []
    for name in ("web", "api"):
        path = f"/api/v2.0/projects/website/repositories/{name}/artifacts/unproven/tags/unproven"
        assert f"DELETE {path}" in server.state.asked
    assert server.robot.secret not in ran.stdout + ran.stderr


def test_a_final_tag_that_is_there_with_the_same_digest_is_success(
    push: Pusher, server: Harbor, website: Project
) -> None:
    """Immutability compares names: the repeated PUT of the identical manifest is answered with 412."""
    website.immutable = ["main-*"]
    server.state.repeats = True
    ran = push()
    assert "rollback cannot delete such a tag, so Flux goes on selecting it" in warnings(ran)
    assert published(server) == {"web": {ran.document["tag"]}, "api": {ran.document["tag"]}}


def test_a_rule_that_covers_the_candidate_fails_the_second_push(push: Pusher, server: Harbor, website: Project) -> None:
    website.immutable = ["unproven"]
    ran = push()
    assert "covers the candidate tag 'unproven'" in warnings(ran)
    assert "unproven stays until the next push" in ran.stderr
    before = published(server)
    said = push.refused("--force")
    assert "web:unproven exists" in said
    assert "exclude 'unproven' from the rule" in said
    assert published(server) == before


def test_a_project_that_is_missing(push: Pusher, server: Harbor, shop: Shop) -> None:
    shop.configure(registry=f"{server.host}/absent")
    shop.commit("another project")
    said = push.refused()
    assert "Harbor has no project 'absent'" in said
    assert "--create-project" in said
    assert "may not create the project 'absent'" in push.refused("--create-project")
    server.robot.system = True
    push.refused("--create-project", "--dry-run")
    assert "absent" not in server.state.projects
    ran = push("--create-project")
    assert ran.code == 0, ran
    assert "made the Harbor project 'absent'" in ran.stderr
    assert published(server, "absent")["web"] == {ran.document["tag"]}


def test_a_path_without_a_project(push: Pusher, server: Harbor, shop: Shop) -> None:
    shop.configure(registry=server.host)
    shop.commit("no project")
    said = push.refused()
    assert f"{server.host}/web has no project in front of the name" in said
    assert f'write registry = "{server.host}/PROJECT"' in said


def test_read_only(push: Pusher, server: Harbor) -> None:
    server.state.read_only = True
    assert "read-only mode" in push.refused()


def test_a_quota_that_is_used_up(push: Pusher, website: Project) -> None:
    website.quota_full = True
    said = push.refused()
    assert "uses 10 of 10 MiB" in said
    assert "registry-quota" in said


def test_a_scan_is_waited_for(push: Pusher, server: Harbor, website: Project) -> None:
    website.prevent_vulnerable = True
    website.scan_seconds = 1.0
    ran = push()
    assert ran.code == 0, ran
    assert f"Harbor scans {server.host}/website/web before anybody may read it: waiting 120 s at most" in ran.stderr
    assert published(server)["web"] == {ran.document["tag"]}


@pytest.mark.parametrize(
    ("seconds", "status", "said"),
    [
        (None, "Success", "did not end within 3 s"),
        (0.0, "Error", "without vulnerability scanning cannot be pulled"),
    ],
)
def test_a_scan_that_lets_nothing_through(
    push: Pusher, server: Harbor, website: Project, shop: Shop, seconds: float | None, status: str, said: str
) -> None:
    shop.configure(top="[push]\nscan_wait = 3\n")
    shop.commit("less patience")
    website.prevent_vulnerable = True
    website.scan_seconds, website.scan_status = seconds, status
    ran = push()
    assert ran.code == 14, ran
    assert said in ran.stderr
    assert "registry-scan" in ran.stderr
    assert published(server) == {"web": set(), "api": set()}


def test_what_is_published_is_kept_back_later(push: Pusher, shop: Shop, website: Project) -> None:
    """A vulnerability becomes known after the push: the next push goes on, and says so."""
    assert push().code == 0
    website.prevent_vulnerable = True
    shop.write("web/index.txt", "mended\n")
    shop.commit("mended")
    website.scan_seconds = 10_000.0
    for pushed in website.pushed:
        website.scanned.discard(pushed)
    ran = push("--dry-run")
    assert "which is published, can be read by nobody now" in warnings(ran)


def test_what_fails_later_is_said(push: Pusher, server: Harbor, website: Project) -> None:
    server.robot.expires = int(time.time()) + 84 * 3600
    first = push()
    assert "'robot$website+builder' expires in 3 days" in warnings(first)
    website.retention = [{**RULE, "params": {"latestPushedK": 0}}]
    tag = first.document["tag"]
    assert f"the retention rules of project 'website' would delete '{tag}'" in warnings(push())


def test_a_registry_without_projects(tmp_path: Path, behind: str, engine: Mapping[str, str]) -> None:
    shop = Shop(tmp_path / "shop", behind, {}, tiny=True)
    ran = buildtool("push", "--json", "--dry-run", "--create-project", cwd=shop.folder, env=engine)
    assert f"{behind} is no Harbor" in warnings(ran)
