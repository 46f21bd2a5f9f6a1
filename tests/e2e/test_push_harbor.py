"""`buildtool push` to a Harbor: what its settings do to a push, found before the build, or waited for.

The Harbor is the stand-in of tests/support/harbor, held to records of a real one; engine and buildx are real.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.buildtool import buildtool
from tests.support.harbor.artifacts import retain, rule
from tests.support.harbor.server import harbor
from tests.support.harbor.state import PUSH_ONLY, Scan, Scanner
from tests.support.registries.images import image
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran
    from tests.support.harbor.server import Harbor
    from tests.support.harbor.state import Account, Project
    from tests.support.parts import Registries

pytestmark = pytest.mark.engine


@pytest.fixture
def server() -> Iterator[Harbor]:
    """Its project is public: what Flux needs for a private one has a test of its own."""
    with harbor() as fake:
        fake.website.metadata["public"] = "true"
        yield fake


@pytest.fixture
def website(server: Harbor) -> Project:
    return server.website


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

    def as_robot(self, account: Account) -> None:
        self._env |= {"BUILDTOOL_REGISTRY_USERNAME": account.name, "BUILDTOOL_REGISTRY_PASSWORD": account.secret}

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
    website.immutable = [rule("main-*")]
    server.state.repeats = True
    ran = push()
    assert "rollback cannot delete such a tag, so Flux goes on selecting it" in warnings(ran)
    assert published(server) == {"web": {ran.document["tag"]}, "api": {ran.document["tag"]}}


def test_a_rule_that_covers_a_further_tag_is_found_before_the_build(
    push: Pusher, server: Harbor, website: Project, shop: Shop
) -> None:
    shop.configure(web='tags = ["latest", "{branch}"]')
    shop.commit("further tags")
    website.immutable = [rule("late*")]
    ran = push()
    assert "web:latest is immutable by a rule of the Harbor project 'website'" in warnings(ran)
    before = published(server)
    assert before["web"] == {ran.document["tag"], "latest", "main"}
    shop.write("web/index.txt", "newer\n")
    shop.commit("newer")
    said = push.refused()
    assert "registry-immutable" in said
    assert "web:latest is immutable by a rule of the Harbor project 'website', and points at another image" in said
    assert published(server) == before
    website.immutable = []
    again = push()
    assert again.code == 0, again
    assert again.document["images"][0]["further_tags"][0]["status"] == "moved"


def test_a_rule_that_covers_the_candidate_fails_the_second_push(push: Pusher, server: Harbor, website: Project) -> None:
    website.immutable = [rule("unproven")]
    ran = push()
    assert "covers the candidate tag 'unproven'" in warnings(ran)
    assert "unproven, which no policy takes, stays until the next push" in ran.stderr
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
    server.robot.rights["absent"] = server.robot.rights["website"]
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


def test_a_quota_that_is_used_up(push: Pusher, server: Harbor, website: Project) -> None:
    tag = push().document["tag"]
    website.quota, website.used = 10 << 20, 10 << 20
    said = push.refused("--force")
    assert "uses 10 of 10 MiB" in said
    assert "registry-quota" in said
    ran = push()
    assert ran.code == 0, "what is unchanged needs no room"
    assert published(server) == {"web": {tag}, "api": {tag}}


def test_a_refused_build_is_told_in_harbors_words(push: Pusher, server: Harbor, website: Project) -> None:
    """A push-only robot may not read the quota, and BuildKit prints no more than 403 Forbidden."""
    push.as_robot(server.state.add_robot("push", "s3cret-push", "website", PUSH_ONLY))
    website.quota, website.used = 10 << 20, (10 << 20) - 1
    ran = push()
    assert ran.code == 14, ran
    assert "exceed the configured upper limit of 10.0 MiB" in ran.stderr
    assert "registry-quota" in ran.stderr
    assert published(server) == {"web": set(), "api": set()}


@pytest.mark.parametrize("rights", [PUSH_ONLY, PUSH_ONLY | {"tag:delete"}], ids=["push", "delete"])
def test_a_push_only_robot(push: Pusher, server: Harbor, rights: frozenset[str]) -> None:
    push.as_robot(server.state.add_robot("push", "s3cret-push", "website", rights))
    ran = push()
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    if "tag:delete" in rights:
        assert published(server) == {"web": {tag}, "api": {tag}}
        assert ran.document["warnings"] == []
    else:
        assert published(server) == {"web": {tag, "unproven"}, "api": {tag, "unproven"}}
        assert "candidate tag 'unproven' stays" in warnings(ran)
    assert push("--force").code == 0


def test_a_robot_of_another_prefix(push: Pusher, server: Harbor) -> None:
    server.state.robots = "bot-"
    push.as_robot(server.state.add_robot("push", "s3cret-push", "website"))
    ran = push()
    assert ran.code == 0, ran
    assert ran.document["warnings"] == []


@pytest.mark.parametrize("how", ["password", "expired", "disabled"])
def test_a_login_that_is_not_taken(push: Pusher, server: Harbor, how: str) -> None:
    robot = server.state.add_robot("push", "s3cret-push", "website")
    push.as_robot(robot)
    robot.secret = "an0ther-secret" if how == "password" else robot.secret
    robot.expires, robot.disabled = 1 if how == "expired" else -1, how == "disabled"
    said = push.refused()
    assert f"Harbor does not accept the login of '{robot.name}'" in said
    assert "registry-auth" in said


def test_a_proxy_project(push: Pusher, server: Harbor, shop: Shop) -> None:
    server.state.add_project("mirror", proxies=1)
    server.robot.rights["mirror"] = server.robot.rights["website"]
    shop.configure(registry=f"{server.host}/mirror")
    shop.commit("into a mirror")
    assert "is a proxy cache of another registry" in push.refused()


def test_a_private_project_that_flux_reads_without_a_login(push: Pusher, server: Harbor, website: Project) -> None:
    website.metadata["public"] = "false"
    said = warnings(push())
    assert "project 'website' is private, and ImageRepository" in said
    assert "spec.secretRef" in said
    website.metadata["public"] = "true"
    assert "is private" not in warnings(push("--force"))
    assert server.website is website


def test_a_scan_is_waited_for(push: Pusher, server: Harbor, website: Project) -> None:
    website.prevent_vulnerable()
    server.state.scanner = Scanner(1.0)
    ran = push()
    assert ran.code == 0, ran
    assert f"Harbor scans {server.host}/website/web before anybody may read it: waiting 120 s at most" in ran.stderr
    assert published(server)["web"] == {ran.document["tag"]}


def test_prevention_without_a_scanner_prevents_nothing(push: Pusher, server: Harbor, website: Project) -> None:
    website.prevent_vulnerable(scans=False)
    ran = push()
    assert "only a Harbor without any scanner lets a new image be pulled" in warnings(ran)
    assert published(server)["web"] == {ran.document["tag"]}


@pytest.mark.parametrize(
    ("scanner", "said"),
    [
        (Scanner(None), "did not end within 3 s"),
        (Scanner(0.0, "Error"), '"Error" status of vulnerability scanning'),
        (Scanner(0.0, "Success", "Critical"), "with 1 vulnerability"),
    ],
)
def test_a_scan_that_lets_nothing_through(
    push: Pusher, server: Harbor, website: Project, shop: Shop, scanner: Scanner, said: str
) -> None:
    shop.configure(top="[push]\nscan_wait = 3\n")
    shop.commit("less patience")
    website.prevent_vulnerable()
    server.state.scanner = scanner
    ran = push()
    assert ran.code == 14, ran
    assert said in ran.stderr
    assert "registry-scan" in ran.stderr
    assert published(server) == {"web": set(), "api": set()}


def test_a_stale_bad_candidate_is_removed_first(push: Pusher, server: Harbor, website: Project) -> None:
    """Containerd looks whether the candidate is there before it writes it, and is refused."""
    stale = image("a candidate of an earlier run").manifest
    website.prevent_vulnerable()
    server.state.scanner = Scanner(0.0)
    left = server.state.store("website/web", stale.body, stale.digest, stale.media_type, "unproven")
    left.scan = Scan(0.0, "Success", "Critical")
    ran = push()
    assert ran.code == 0, ran
    assert "an earlier run left it, and Harbor's scan holds it back" in ran.stderr
    assert published(server)["web"] == {ran.document["tag"]}


def test_a_stale_bad_candidate_that_may_not_be_removed(push: Pusher, server: Harbor, website: Project) -> None:
    stale = image("a candidate of an earlier run").manifest
    push.as_robot(server.state.add_robot("push", "s3cret-push", "website", PUSH_ONLY))
    website.prevent_vulnerable()
    server.state.scanner = Scanner(0.0)
    left = server.state.store("website/web", stale.body, stale.digest, stale.media_type, "unproven")
    left.scan = Scan(0.0, "Success", "Critical")
    ran = push()
    assert ran.code == 14, ran
    assert "left by an earlier run, blocks every push" in ran.stderr
    assert "Delete Tag" in ran.stderr
    assert published(server) == {"web": {"unproven"}, "api": set()}


def test_what_is_published_is_kept_back_later(push: Pusher, shop: Shop, server: Harbor, website: Project) -> None:
    """A vulnerability becomes known after the push: the next push goes on, and says so."""
    website.prevent_vulnerable()
    server.state.scanner = Scanner(0.0)
    assert push().code == 0
    for repository in website.repositories.values():
        for artifact in repository.artifacts.values():
            artifact.scan = Scan(0.0, "Success", "Critical")
    shop.write("web/index.txt", "mended\n")
    shop.commit("mended")
    ran = push("--dry-run")
    assert "which is published, can be read by nobody now" in warnings(ran)


def test_what_fails_later_is_said(push: Pusher, server: Harbor, website: Project) -> None:
    server.robot.expires = int(time.time()) + 84 * 3600
    first = push()
    assert "'robot$website+builder' expires in 3 days" in warnings(first)
    website.keep(retain("latestPushedK", 0))
    tag = first.document["tag"]
    assert f"the retention rules of project 'website' would delete '{tag}'" in warnings(push())


def test_a_dead_database_is_waited_for(push: Pusher, server: Harbor) -> None:
    """Harbor answers 401 as for a wrong password."""
    server.state.database_down = True
    threading.Timer(2.0, lambda: setattr(server.state, "database_down", False)).start()
    ran = push()
    assert ran.code == 0, ran
    assert "its database is down" in ran.stderr


def test_the_move_from_a_plain_registry_on_the_same_host(
    tmp_path: Path, registry_server: Registries, server: Harbor, engine: Mapping[str, str]
) -> None:
    """Containerd remembers layers by the host's name without the port, and asks Harbor to take them from `web`."""
    plain = registry_server()
    shop = Shop(tmp_path / "shop", plain.address, {}, tiny=True)
    assert buildtool("push", "--json", cwd=shop.folder, env=engine).code == 0
    shop.configure(registry=f"{server.host}/website")
    shop.commit("to Harbor")
    push = Pusher(shop, server, engine)
    ran = push()
    assert ran.code in {0, 14}, ran  # 0 where the builder pushes with a store of its own
    if ran.code:
        assert "registry-mount" in ran.stderr
        assert "docker buildx prune -af" in ran.stderr
    assert (published(server)["web"] == set()) is (ran.code != 0)


def test_a_registry_without_projects(tmp_path: Path, registry_server: Registries, engine: Mapping[str, str]) -> None:
    behind = registry_server().address
    shop = Shop(tmp_path / "shop", behind, {}, tiny=True)
    ran = buildtool("push", "--json", "--dry-run", "--create-project", cwd=shop.folder, env=engine)
    assert f"{behind} is no Harbor" in warnings(ran)
