"""Releases for real: a git tag that is a version, a semver policy, and the checkout that each CI event leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.shop import POLICY, Shop

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.buildtool import Ran

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
SEMVER = POLICY[: POLICY.index("  filterTags:")] + "  policy:\n    semver:\n      range: '{{range}}'\n"
REVISION = "org.opencontainers.image.revision"


@pytest.fixture
def shop(tmp_path: Path, upstream: str) -> Shop:
    project = tmp_path.name.replace("_", "-").strip("-")[-40:]
    made = Shop(tmp_path / "shop", f"{upstream}/{project}", {}, tiny=True)
    ordered_by_version(made)
    return made


def ordered_by_version(shop: Shop, versions: str = ">=1.0.0", tags: str = "") -> str:
    for name in ("web", "api"):
        policy = SEMVER.format(name=name, registry=shop.registry).format(range=versions)
        shop.write(f"deploy/{name}.yaml", policy)
    shop.configure(web=tags, api=tags)
    return shop.commit("policies by version")


def command(shop: Shop, engine: Mapping[str, str], *arguments: str, **env: str) -> Ran:
    return buildtool(*arguments, cwd=shop.folder, env={**engine, **env})


def push(shop: Shop, engine: Mapping[str, str], *arguments: str, **env: str) -> Ran:
    return command(shop, engine, "push", "--json", *arguments, **env)


def changed(shop: Shop, text: str) -> str:
    for name in ("web", "api"):
        shop.write(f"{name}/index.txt", f"{name} {text}")
    return shop.commit(text)


def points_at(shop: Shop, upstream: str, name: str = "web") -> dict[str, str]:
    path = f"{shop.registry.partition('/')[2]}/{name}"
    tags = registry_view.tags(upstream, path) - {"unproven"}
    return {tag: registry_view.config(upstream, path, tag)["config"]["Labels"][REVISION] for tag in tags}


def at_tag(shop: Shop, tag: str) -> Mapping[str, str]:
    """What a runner has after the push of a git tag: a detached checkout and the variables of the event."""
    shop.git("checkout", "--quiet", "--detach", tag)
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_SHA": shop.git("rev-parse", "HEAD"),
        "GITHUB_REF": f"refs/tags/{tag}",
        "GITHUB_REF_NAME": tag,
        "GITHUB_REF_TYPE": "tag",
    }


def test_a_release_is_selected_by_a_policy_of_versions(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    shop.git("tag", "v1.2.3")
    event = at_tag(shop, "v1.2.3")
    said = command(shop, engine, "tag", "--json", **event).document
    assert (said["tag"], said["release"], said["branch"], said["branch_source"]) == (
        "1.2.3",
        "v1.2.3",
        None,
        "GITHUB_REF_NAME",
    )
    ran = push(shop, engine, **event)
    assert ran.code == 0, ran
    assert (ran.document["tag"], ran.document["release"], ran.document["branch"]) == ("1.2.3", "v1.2.3", None)
    for image in ran.document["images"]:
        assert image["flux"] == {"before": None, "after": "1.2.3"}
        assert set(points_at(shop, upstream, image["image"])) == {"1.2.3"}
    labels = registry_view.config(upstream, f"{shop.registry.partition('/')[2]}/web", "1.2.3")["config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == "1.2.3"
    [change] = ran.document["next_commit"]
    assert change["new"] == f"{shop.registry}/web:1.2.3"
    again = push(shop, engine, **event)
    assert (again.code, [image["status"] for image in again.document["images"]]) == (0, ["unchanged"] * 2), again
    verified = command(shop, engine, "verify")
    assert verified.code == 0, verified
    assert "selects it" in verified.stdout


def test_a_version_with_other_content_is_refused(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    """Before the build where the inputs tell, and after it where only the result does; nothing is written."""
    first = shop.git("rev-parse", "HEAD")
    shop.git("tag", "v1.2.3")
    assert push(shop, engine, **at_tag(shop, "v1.2.3")).code == 0
    shop.git("switch", "--quiet", "main")
    changed(shop, "other\n")
    shop.git("tag", "--force", "v1.2.3")
    event = at_tag(shop, "v1.2.3")
    ran = push(shop, engine, **event)
    assert ran.code == 3, ran
    for words in ("tag-exists", "version 1.2.3 is published already, from commit", first[:12], "1.2.4"):
        assert words in ran.stderr
    assert "Build and push" not in ran.stderr
    forced = push(shop, engine, "--force", **event)
    assert (forced.code, "tag-exists" in forced.stderr) == (3, True), forced
    assert points_at(shop, upstream) == points_at(shop, upstream, "api") == {"1.2.3": first}


def test_the_same_inputs_from_another_commit_are_the_same_version(
    shop: Shop, upstream: str, engine: Mapping[str, str]
) -> None:
    first = shop.git("rev-parse", "HEAD")
    shop.git("tag", "v1.2.3")
    assert push(shop, engine, **at_tag(shop, "v1.2.3")).code == 0
    shop.git("switch", "--quiet", "main")
    shop.write("README.md", "nothing that reaches an image\n")
    shop.commit("a page")
    shop.git("tag", "--force", "v1.2.3")
    ran = push(shop, engine, **at_tag(shop, "v1.2.3"))
    assert (ran.code, [image["status"] for image in ran.document["images"]]) == (0, ["unchanged"] * 2), ran
    assert points_at(shop, upstream) == {"1.2.3": first}


def test_precedence_decides_and_not_time(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    """1.10.0 is higher than 1.9.0; a correction of an older line is refused, or published and not deployed."""
    ordered_by_version(shop, tags='tags = ["latest", "{major}.{minor}", "{version}"]')
    shop.git("tag", "v1.9.0")
    first = shop.git("rev-parse", "HEAD")
    assert push(shop, engine, **at_tag(shop, "v1.9.0")).code == 0
    shop.git("switch", "--quiet", "main")
    second = changed(shop, "ten\n")
    shop.git("tag", "--annotate", "--message=ten", "v1.10.0")
    ran = push(shop, engine, **at_tag(shop, "v1.10.0"))
    assert ran.document["images"][0]["flux"] == {"before": "1.9.0", "after": "1.10.0"}, ran
    shop.git("switch", "--quiet", "--create", "line-1.9", "v1.9.0")
    third = changed(shop, "correction\n")
    shop.git("tag", "v1.9.1")
    event = at_tag(shop, "v1.9.1")
    ran = push(shop, engine, **event)
    assert (ran.code, "older-version" in ran.stderr) == (3, True), ran
    assert "selects 1.10.0, which is higher than 1.9.1" in ran.stderr
    assert "Build and push" not in ran.stderr
    ran = push(shop, engine, "--allow-older", **event)
    assert ran.code == 0, ran
    assert ran.document["images"][0]["flux"] == {"before": "1.10.0", "after": "1.10.0"}
    assert any("Flux stays with 1.10.0" in warning for warning in ran.document["warnings"])
    assert points_at(shop, upstream) == {
        "1.9.0": first, "1.9.1": third, "1.10.0": second, "latest": second, "1.10": second, "1.9": third
    }  # fmt: skip


def test_a_line_with_a_policy_of_its_own_gets_its_corrections(
    shop: Shop, upstream: str, engine: Mapping[str, str]
) -> None:
    ordered_by_version(shop, "~1.9.0")
    shop.git("tag", "v1.9.0")
    assert push(shop, engine, **at_tag(shop, "v1.9.0")).code == 0
    path = shop.registry.partition("/")[2]
    for name in ("web", "api"):
        registry_view.retag(upstream, f"{path}/{name}", "1.9.0", "1.10.0")
    shop.git("switch", "--quiet", "main")
    changed(shop, "correction\n")
    shop.git("tag", "v1.9.1")
    ran = push(shop, engine, **at_tag(shop, "v1.9.1"))
    assert (ran.code, ran.document["images"][0]["flux"]) == (0, {"before": "1.9.0", "after": "1.9.1"}), ran


def test_a_version_of_an_older_commit_is_refused(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    older = shop.git("rev-parse", "HEAD")
    changed(shop, "newer\n")
    shop.git("tag", "v1.0.0")
    assert push(shop, engine, **at_tag(shop, "v1.0.0")).code == 0
    shop.git("tag", "v1.1.0", older)
    ran = push(shop, engine, **at_tag(shop, "v1.1.0"))
    assert (ran.code, "older-commit" in ran.stderr) == (3, True), ran
    assert set(points_at(shop, upstream)) == {"1.0.0"}


@pytest.mark.parametrize(
    ("tag", "versions", "words"),
    [
        ("v1.2.3-rc.1", ">=1.0.0", "'1.2.3-rc.1' is a prerelease, and the range '>=1.0.0' asks for releases only"),
        ("v0.9.0", ">=1.0.0", "'0.9.0' is outside the range '>=1.0.0'"),
    ],
)
def test_a_version_that_no_policy_takes(
    shop: Shop, upstream: str, engine: Mapping[str, str], tag: str, versions: str, words: str
) -> None:
    ordered_by_version(shop, versions, tags='tags = ["latest"]')
    shop.git("tag", tag)
    event = at_tag(shop, tag)
    ran = push(shop, engine, **event)
    assert ran.code == 3, ran
    assert words in ran.stderr
    assert "--no-deploy" in ran.stderr
    assert "deploy/web.yaml:" in ran.stderr
    ran = push(shop, engine, "--no-deploy", **event)
    assert ran.code == 0, ran
    assert set(points_at(shop, upstream)) == {tag.removeprefix("v")}, "and latest is left alone"


def test_a_policy_of_times_takes_no_release(tmp_path: Path, upstream: str, engine: Mapping[str, str]) -> None:
    shop = Shop(tmp_path / "shop", f"{upstream}/times", {}, tiny=True)
    shop.git("tag", "v1.2.3")
    ran = push(shop, engine, **at_tag(shop, "v1.2.3"))
    assert (ran.code, "policy-mismatch" in ran.stderr, "spec.policy.semver" in ran.stderr) == (3, True, True), ran


def test_a_branch_that_carries_a_tag_stays_a_branch(shop: Shop, upstream: str, engine: Mapping[str, str]) -> None:
    """A person on main is not surprised: the release is asked for, by the flag or by checking the tag out."""
    shop.git("tag", "v1.2.3")
    plain = command(shop, engine, "tag")
    assert plain.stdout.startswith("main-")
    assert "HEAD also carries v1.2.3" in plain.stderr
    assert "--release" in plain.stderr
    assert command(shop, engine, "tag", "--release").stdout == "1.2.3\n"
    shop.git("checkout", "--quiet", "--detach")
    assert command(shop, engine, "tag", "web").stdout == f"{shop.registry}/web:1.2.3\n"
    assert command(shop, engine, "tag", "--branch", "main").stdout.startswith("main-")
    ran = push(shop, engine, "--dry-run")
    assert (ran.code, ran.document["tag"]) == (0, "1.2.3"), ran
    in_ci = command(shop, engine, "tag", CI="true")
    assert (in_ci.code, "git-no-branch" in in_ci.stderr) == (10, True), "a runner that says nothing is not believed"
    shop.write("web/index.txt", "uncommitted\n")
    dirty = push(shop, engine, "--allow-dirty")
    assert (dirty.code, "a release is a commit" in dirty.stderr) == (3, True), dirty
    assert points_at(shop, upstream) == {}


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        (["v1.2.3+build.5"], '"+" is not legal in the tag of an image'),
        (["v01.2.3"], "no semantic version"),
        (["nightly"], "its tags are nightly; a release needs one that is a version"),
        ([], "HEAD carries no git tag"),
    ],
)
def test_a_commit_that_cannot_be_released(shop: Shop, engine: Mapping[str, str], tags: list[str], words: str) -> None:
    for tag in tags:
        shop.git("tag", tag)
    ran = push(shop, engine, "--release")
    assert (ran.code, "git-no-version" in ran.stderr) == (10, True), ran
    assert words in ran.stderr


def test_of_several_versions_the_highest_counts(shop: Shop, engine: Mapping[str, str]) -> None:
    for tag in ("v1.2.3-rc.1", "v1.2.3", "v1.2.2", "v1.2.3+x", "nightly"):
        shop.git("tag", tag)
    ran = command(shop, engine, "tag", "--release")
    assert ran.stdout == "1.2.3\n"
    assert "HEAD carries v1.2.3-rc.1, v1.2.2 too" in ran.stderr
    assert command(shop, engine, "tag", **at_tag(shop, "v1.2.2")).stdout == "1.2.2\n", "the event names one"


def test_the_form_of_the_git_tag_is_configured(shop: Shop, engine: Mapping[str, str]) -> None:
    shop.configure(top='[tag]\nrelease = "shop/{version}"\n')
    shop.commit("tags of a repository with several products")
    shop.git("tag", "v3.0.0")
    shop.git("tag", "shop/2.0.0")
    assert command(shop, engine, "tag", "--release").stdout == "2.0.0\n"
    other = command(shop, engine, "tag", **at_tag(shop, "v3.0.0"))
    assert (other.code, 'about the tag "v3.0.0"' in other.stderr) == (10, True), other
