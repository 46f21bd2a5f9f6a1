"""Further tags for real: `latest`, branches and pull requests beside the sortable tag; refused, killed, interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import Ran, buildtool
from tests.support.httpserver import Reply, forward, serve
from tests.support.shop import POLICY, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.support.httpserver import Handler, Question

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
FOUR = 'tags = ["latest", "{branch}", "{version}", "pr-{number}"]'
REVISION = "org.opencontainers.image.revision"


@pytest.fixture
def shop(tmp_path: Path, upstream: str) -> Shop:
    project = tmp_path.name.replace("_", "-").strip("-")[-40:]
    made = Shop(tmp_path / "shop", f"{upstream}/{project}", {}, tiny=True)
    made.configure(web=FOUR, api='tags = ["latest"]')
    made.commit("further tags")
    return made


def push(shop: Shop, engine: Mapping[str, str], *arguments: str, **env: str) -> Ran:
    return buildtool("push", "--json", *arguments, cwd=shop.folder, env={**engine, **env})


def points_at(shop: Shop, upstream: str, name: str) -> dict[str, str]:
    """The commit of the image under each tag, by its label; without the candidate tag."""
    path = f"{shop.registry.partition('/')[2]}/{name}"
    tags = registry_view.tags(upstream, path) - {"unproven"}
    return {tag: registry_view.config(upstream, path, tag)["config"]["Labels"][REVISION] for tag in tags}


def changed(shop: Shop, text: str, name: str = "web") -> str:
    shop.write(f"{name}/index.txt", text)
    return shop.commit(text)


def statuses(ran: Ran, image: int = 0) -> dict[str, str]:
    return {one["template"]: one["status"] for one in ran.document["images"][image]["further_tags"]}


def test_they_follow_the_sortable_tag(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    plan = push(shop, engine, "--dry-run")
    assert statuses(plan) == {
        "latest": "planned",
        "{branch}": "planned",
        "{version}": "left-out",
        "pr-{number}": "left-out",
    }
    assert points_at(shop, upstream, "web") == {}
    assert "also latest (new)" in plan.stderr
    assert "also pr-{number} is not written: this run is about no pull request" in plan.stderr
    first = shop.git("rev-parse", "HEAD")
    ran = push(shop, engine)
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    assert points_at(shop, upstream, "web") == dict.fromkeys((tag, "latest", "main"), first)
    assert points_at(shop, upstream, "api") == dict.fromkeys((tag, "latest"), first)
    second = changed(shop, "two\n")
    ran = push(shop, engine)
    assert statuses(ran)["latest"] == "moved"
    assert points_at(shop, upstream, "web") == {
        tag: first, ran.document["tag"]: second, "latest": second, "main": second
    }  # fmt: skip
    assert statuses(ran, 1) == {"latest": "unchanged"}
    assert points_at(shop, upstream, "api")["latest"] == first, "an image that is unchanged"
    assert statuses(push(shop, engine))["latest"] == "unchanged"


def test_a_pull_request_gets_its_tag_though_its_image_is_unchanged(
    shop: Shop, upstream: str, engine: Mapping[str, str]
) -> None:
    """The branch was pushed first; the run of the pull request builds nothing, and makes the tag."""
    shop.git("switch", "--quiet", "--create", "feature/x")
    commit = changed(shop, "feature\n")
    pushed = push(shop, engine, "--no-deploy")
    assert pushed.code == 0, pushed
    there = points_at(shop, upstream, "web")
    assert set(there) == {pushed.document["tag"], "feature-x"}
    assert "latest" not in there, "a build that is not deployed"
    event = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_SHA": commit,
        "GITHUB_HEAD_REF": "feature/x",
        "GITHUB_REF": "refs/pull/12/merge",
        "GITHUB_REF_NAME": "12/merge",
        "GITHUB_REF_TYPE": "branch",
    }
    ran = push(shop, engine, "--no-deploy", **event)
    assert ran.code == 0, ran
    assert [image["status"] for image in ran.document["images"]] == ["unchanged", "unchanged"]
    assert statuses(ran) == {
        "latest": "left-out",
        "{branch}": "unchanged",
        "{version}": "left-out",
        "pr-{number}": "written",
    }
    assert points_at(shop, upstream, "web") == {**there, "pr-12": commit}


def test_latest_never_moves_to_an_older_commit(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    """Not by the guard of the sortable tag, not by --allow-older, and not where the sortable tags are gone."""
    older = shop.git("rev-parse", "HEAD")
    assert push(shop, engine).code == 0
    newer = changed(shop, "newer\n")
    changed(shop, "newer\n", "api")
    newer = shop.git("rev-parse", "HEAD")
    first = push(shop, engine).document["tag"]
    shop.git("checkout", "--quiet", older)
    assert push(shop, engine, "--branch", "main").code == 3
    ran = push(shop, engine, "--branch", "main", "--allow-older", "--force")
    assert ran.code == 0, ran
    there = points_at(shop, upstream, "web")
    assert there[ran.document["tag"]] == older
    assert (there["latest"], there["main"]) == (newer, newer)
    assert statuses(ran)["latest"] == "kept"
    assert f"web: latest stays: it points at {first}, of a newer commit" in ran.document["warnings"]
    path = f"{shop.registry.partition('/')[2]}/web"
    registry_view.retag(upstream, path, "latest", "kept-by-hand")
    branch = push(shop, engine, "--branch", "other", "--no-deploy")
    assert statuses(branch)["latest"] == "left-out"
    assert points_at(shop, upstream, "web")["latest"] == newer


def test_what_it_points_at_is_not_known(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    """An image of another tool, without our labels: whether it is newer nobody can say."""
    assert push(shop, engine).code == 0
    path = f"{shop.registry.partition('/')[2]}/web"
    foreign = "FROM scratch\nCOPY index.txt /other.txt\n"
    (shop.folder.parent / "other").mkdir()
    (shop.folder.parent / "other/Dockerfile").write_text(foreign, encoding="utf-8")
    (shop.folder.parent / "other/index.txt").write_text("foreign\n", encoding="utf-8")
    argv = ["docker", "buildx", "build", "--quiet", "--provenance=false", "--output"]
    output = f"type=image,name={upstream}/{path}:latest,push=true,registry.insecure=true"
    environment = {**os.environ, **engine}
    subprocess.run([*argv, output, str(shop.folder.parent / "other")], env=environment, check=True, capture_output=True)
    before = registry_view.manifest(upstream, path, "latest")
    changed(shop, "newer\n")
    ran = push(shop, engine)
    assert ran.code == 0, ran
    assert statuses(ran)["latest"] == "kept"
    assert any("latest stays" in one and "unknown" in one for one in ran.document["warnings"])
    assert registry_view.manifest(upstream, path, "latest") == before


LOOSE = POLICY[: POLICY.index("  filterTags:")] + "  policy:\n    alphabetical: {{}}\n"
STABLE = LOOSE.replace("  policy:", "  filterTags:\n    pattern: '-stable$'\n  policy:")


@pytest.mark.parametrize(
    ("tags", "policy", "taken"),
    [
        ('["latest"]', LOOSE, "'latest'"),
        ('["{branch}-stable"]', POLICY.replace("pattern: '^main-", "pattern: '^x-"), None),
        ('["{branch}-stable"]', STABLE, "main-stable"),
    ],
)
def test_a_tag_that_a_policy_could_take_is_refused_before_the_build(  # the case, and the parts it runs on
    shop: Shop, upstream: str, engine: Mapping[str, str], tags: str, policy: str, taken: str | None
) -> None:
    """The policy is that of an image which this run does not even push."""
    shop.configure(web=f"tags = {tags}")
    shop.write("deploy/other.yaml", policy.format(name="other", registry=shop.registry))
    shop.commit("another policy")
    ran = push(shop, engine, "web")
    if taken is None:
        assert ran.code == 0, ran
        return
    assert ran.code == 3, ran
    said = (
        "further-tag",
        "ImagePolicy flux-system:other takes the tag",
        taken,
        "deploy/other.yaml:",
        "images.web.tags",
    )
    for words in said:
        assert words in ran.stderr
    assert "Build and push" not in ran.stderr
    assert points_at(shop, upstream, "web") == {}


def through(shop: Shop, upstream: str, engine: Mapping[str, str], answer: Callable[[Handler, Question], Reply]) -> Ran:
    """A push through a proxy that `answer` is; it may do anything to the process in `running`."""
    with serve(lambda handler, question: handler.reply(answer(handler, question))) as host:
        environment = {**os.environ, **engine, "BUILDTOOL_REGISTRY": shop.registry.replace(upstream, host)}
        argv = [sys.executable, "-m", "buildtool", "push", "--json"]
        pipe = subprocess.PIPE
        with subprocess.Popen(argv, cwd=shop.folder, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
            running[:] = [process.pid]
            out, said = process.communicate(timeout=240)
    return Ran(process.returncode, out, said)


running: list[int] = []


def is_further(question: Question) -> bool:
    tag = question.target.rpartition("/")[2]
    return question.method == "PUT" and "/manifests/" in question.target and tag in {"latest", "main"}


@pytest.mark.parametrize("number", range(3))
def test_killed_while_they_are_written(shop: Shop, upstream: str, engine: Mapping[str, str], number: int) -> None:
    """Whatever is there is true: each tag points at an image that is proven, and the next run completes the rest."""
    first = shop.git("rev-parse", "HEAD")
    assert push(shop, engine).code == 0
    second = changed(shop, "two\n")
    changed(shop, "two\n", "api")
    second = shop.git("rev-parse", "HEAD")
    lock = threading.Lock()
    done: list[str] = []

    def answer(_handler: Handler, question: Question) -> Reply:
        if not is_further(question):
            return forward(upstream, question)
        with lock:
            if len(done) == number:
                os.kill(running[0], signal.SIGKILL)
                return Reply(500)
            reply = forward(upstream, question)
            done.append(question.target)
            return reply

    ran = through(shop, upstream, engine, answer)
    assert ran.code == -signal.SIGKILL, ran
    there = [points_at(shop, upstream, name) for name in ("web", "api")]
    pointing = [*(there[0][tag] for tag in ("latest", "main")), there[1]["latest"]]
    assert sorted(pointing) == sorted([second] * number + [first] * (3 - number))
    assert all(second in one.values() for one in there), "the sortable tags came first"
    again = push(shop, engine)
    assert again.code == 0, again
    assert [image["status"] for image in again.document["images"]] == ["unchanged", "unchanged"]
    assert points_at(shop, upstream, "web")["latest"] == points_at(shop, upstream, "api")["latest"] == second


@pytest.mark.parametrize("how", ["refused", "interrupted"])
def test_what_fails_while_they_are_written_is_put_back(
    shop: Shop, upstream: str, engine: Mapping[str, str], how: str
) -> None:
    first = shop.git("rev-parse", "HEAD")
    assert push(shop, engine).code == 0
    second = changed(shop, "two\n")
    events: list[str] = []

    def answer(_handler: Handler, question: Question) -> Reply:
        if not is_further(question) or len(events) >= 2:
            return forward(upstream, question)
        events.append(question.target)
        if len(events) == 1:
            return forward(upstream, question)
        if how == "interrupted":
            with contextlib.suppress(ProcessLookupError):
                os.kill(running[0], signal.SIGTERM)
            return forward(upstream, question)
        return Reply(403, {"Content-Type": "application/json"}, b'{"errors":[{"code":"DENIED","message":"no"}]}')

    ran = through(shop, upstream, engine, answer)
    assert ran.code == 17, ran
    assert "further tags (" in ran.stderr or how == "interrupted"
    there = points_at(shop, upstream, "web")
    assert second in there.values(), "the sortable tag stays"
    assert {there["latest"], there["main"]} in ({first}, {second}), "all of them, or none"
    if how == "refused":
        assert there["latest"] == first
        assert "only the tags named as published before are there" in ran.stderr
    assert points_at(shop, upstream, "api")["latest"] == first
    assert push(shop, engine).code == 0
    assert points_at(shop, upstream, "web")["latest"] == second
