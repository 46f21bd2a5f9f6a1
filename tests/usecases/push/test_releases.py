"""A version is published once, goes over lower ones only, and needs a policy that orders by version."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.versions import Version, version_of
from buildtool.errors import (
    DIRTY_TREE,
    OLDER_COMMIT,
    OLDER_VERSION,
    POLICY_MISMATCH,
    ROLLED_BACK,
    TAG_EXISTS,
    BuildtoolError,
)
from buildtool.usecases.push.options import PushOptions
from buildtool.usecases.push.releases import below, highest
from tests.support.memory.push import MemoryPush, sha
from tests.support.shop import POLICY
from tests.usecases.push.test_further_judge import SEMVER

VERSIONS = st.sampled_from(["0.9.0", "1.0.0", "1.2.3", "1.2.3-rc.1", "1.10.0", "2.0.0", "main-abc1234-1", "latest"])


def release(version: str = "1.2.3", commit: int = 1, first: MemoryPush | None = None, **changes: Any) -> MemoryPush:
    settings: dict[str, Any] = {"policy": SEMVER, "branch": None, "git_tags": (f"v{version}",), **changes}
    more: dict[str, Any] = {} if first is None else {"registry": first.registry, "clock": first.clock}
    return MemoryPush(commit, **more, **settings)


def refused(push: MemoryPush) -> BuildtoolError:
    before = {name: push.tags(name) for name in push.names}
    with pytest.raises(BuildtoolError) as caught:
        push.run()
    assert {name: push.tags(name) for name in push.names} == before
    return caught.value


def published(push: MemoryPush) -> dict[str, set[str]]:
    push.run()
    return {name: push.tags(name) for name in push.names}


def test_a_version_is_the_tag_of_all_images() -> None:
    push = release()
    plan = push.plan()
    assert (plan.tag.text, plan.source.what, plan.source.branch_source) == ("1.2.3", "release v1.2.3", "HEAD")
    assert [(image.tag, image.before, image.after, image.why) for image in plan.images] == [
        ("1.2.3", None, "1.2.3", "release 1.2.3")
    ] * 2
    assert published(push) == {"web": {"1.2.3"}, "api": {"1.2.3"}}


def test_running_it_again_changes_nothing() -> None:
    first = release()
    first.run()
    again = release(first=first)
    assert [(image.tag, image.published is not None) for image in again.plan().images] == [(None, True)] * 2
    assert published(again) == {"web": {"1.2.3"}, "api": {"1.2.3"}}


def test_a_run_that_was_killed_between_two_images_is_completed() -> None:
    first = release()
    first.run()
    del first.registry.tagged["api"]["1.2.3"]
    again = release(first=first)
    assert [image.tag for image in again.plan().images] == [None, "1.2.3"]
    assert published(again) == {"web": {"1.2.3"}, "api": {"1.2.3"}}


@pytest.mark.parametrize("options", [PushOptions(), PushOptions(force=True), PushOptions(deploy=False)], ids=str)
def test_other_content_is_refused_before_the_build(options: PushOptions) -> None:
    policies: dict[str, Any] = {"policies": False} if not options.deploy else {}
    first = release(**policies)
    first.run()
    error = refused(release(commit=2, first=first, options=options, **policies))
    assert error.kind is TAG_EXISTS
    assert error.message == (
        f"web: version 1.2.3 is published already, from commit {sha(1)[:12]}, with other inputs than HEAD {sha(2)[:12]}"
    )
    assert "such as 1.2.4" in error.fix


def test_where_the_inputs_are_not_known_the_result_decides() -> None:
    first = release(inputs={"other": "x"})
    first.run()
    again = release(first=first, inputs={"other": "x"})
    assert [image.why for image in again.plan().images] == ["its context is remote"] * 2
    assert published(again) == {"web": {"1.2.3"}, "api": {"1.2.3"}}


def test_what_only_the_build_shows_to_be_other_content_is_not_written() -> None:
    """The image under the version is of another tool: nothing tells its inputs."""
    push = release()
    there = push.add("web", "1.2.3", platform="linux/arm64", revision=sha(1))
    assert push.plan().images[0].why
    with pytest.raises(BuildtoolError) as caught:
        push.run()
    assert (caught.value.kind, "1.2.4" in caught.value.fix) == (TAG_EXISTS, True)
    assert push.registry.tagged["web"]["1.2.3"] == there.digest
    assert "1.2.3" not in push.registry.tagged["api"]


def test_the_same_inputs_of_another_commit_are_the_same_version() -> None:
    first = release()
    first.run()
    same = release(commit=2, first=first, inputs=dict.fromkeys(("web", "api"), "sha256:1"))
    assert [image.tag for image in same.plan().images] == [None, None]


def test_a_lower_version_is_refused_or_published_below() -> None:
    first = release("1.10.0")
    first.run()
    error = refused(release("1.9.1", 2, first))
    assert error.kind is OLDER_VERSION
    assert error.message == "web: ImagePolicy flux-system:web selects 1.10.0, which is higher than 1.9.1"
    assert str(error.place).startswith("web.yaml:")
    allowed = release("1.9.1", 2, first, options=PushOptions(allow_older=True))
    plan = allowed.plan()
    assert [(image.before, image.after) for image in plan.images] == [("1.10.0", "1.10.0")] * 2
    assert f"web: {error.message.removeprefix('web: ')}: Flux stays with 1.10.0" in plan.warnings
    assert published(allowed)["web"] == {"1.9.1", "1.10.0"}


def test_outside_of_the_range_nothing_is_higher() -> None:
    line = SEMVER.replace(">=1.0.0", "~1.9.0")
    first = release("1.9.0", policy=line)
    first.add("web", "2.0.0", revision=sha(9))
    assert published(first)["web"] == {"1.9.0", "2.0.0"}
    assert published(release("1.9.1", 2, first, policy=line))["web"] == {"1.9.0", "1.9.1", "2.0.0"}


def test_an_older_commit_under_a_higher_version_is_refused() -> None:
    first = release("1.0.0", 2)
    first.run()
    error = refused(release("1.1.0", 1, first))
    assert (error.kind, "1.0.0 was built from" in error.message) == (OLDER_COMMIT, True)
    assert published(release("1.1.0", 1, first, options=PushOptions(allow_older=True)))["web"] == {"1.0.0", "1.1.0"}


def test_the_version_that_it_follows_counts_and_not_the_highest() -> None:
    """A correction of 1.x may be older than 2.0.0, which it does not go over."""
    first = release("1.0.0", 1)
    first.run()
    release("2.0.0", 5, first).run()
    correction = release("1.0.1", 3, first, options=PushOptions(deploy=False), policies=False)
    assert published(correction)["web"] == {"1.0.0", "1.0.1", "2.0.0"}


@pytest.mark.parametrize(
    ("policy", "version", "words", "fix"),
    [
        (POLICY, "1.2.3", "does not take the tag 1.2.3: the tag '1.2.3' differs", "give it spec.policy.semver"),
        (SEMVER, "0.1.0", "'0.1.0' is outside the range '>=1.0.0'", "let its range and pattern take 0.1.0"),
        (SEMVER, "1.2.3-rc.1", "'1.2.3-rc.1' is a prerelease", "let its range and pattern take 1.2.3-rc.1"),
        (
            SEMVER.replace("semver:\n      range: '>=1.0.0'", "alphabetical: {{}}"),
            "1.2.3",
            "takes the tag 1.2.3 and orders by alphabetical: 1.10.0 would come before 1.9.0",
            "give it spec.policy.semver",
        ),
    ],
)
def test_a_policy_that_is_none_for_it(policy: str, version: str, words: str, fix: str) -> None:
    error = refused(release(version, policy=policy))
    assert error.kind is POLICY_MISMATCH
    assert words in error.message
    assert error.fix.startswith(fix)
    assert error.fix.endswith("--no-deploy")


def test_what_is_not_to_be_deployed() -> None:
    early = release("1.2.3-rc.1", options=PushOptions(deploy=False))
    assert published(early)["web"] == {"1.2.3-rc.1"}
    error = refused(release("1.2.3", 1, early, options=PushOptions(deploy=False)))
    assert "would deploy 1.2.3, and this run is not to be deployed" in error.message


def test_uncommitted_files_are_no_release() -> None:
    error = refused(release(changes=("a",), options=PushOptions(allow_dirty=True)))
    assert (error.kind, "a release is a commit" in error.fix) == (DIRTY_TREE, True)


@pytest.mark.parametrize("mark", ["rolled-back-1.2.3", "withdrawn-1.2.3"])
def test_a_version_that_was_taken_back_is_refused(mark: str) -> None:
    """Running the job of the release again would deploy it again."""
    first = release("1.2.3")
    first.run()
    for name in ("web", "api"):
        first.registry.tagged[name][mark] = first.registry.tagged[name].pop("1.2.3")
    error = refused(release("1.2.3", 2, first))
    assert error.kind is ROLLED_BACK
    assert error.message == f"web: version 1.2.3 was published and rolled back (mark {mark})"
    assert "--allow-rolled-back" in error.fix
    release("1.2.4", 3, first).run()
    wanted = release("1.2.3", 3, first, options=PushOptions(allow_rolled_back=True, allow_older=True))
    assert "1.2.3" in published(wanted)["web"]


def test_another_run_that_writes_the_same_version_is_found() -> None:
    push = release()
    put = push.registry.put_manifest
    came: list[object] = []

    def raced(repository: Any, tag: str, manifest: Any) -> None:
        put(repository, tag, manifest)
        if tag == "1.2.3" and not came:
            came.append(push.add("web", "1.2.3", revision=sha(2)))

    push.registry.put_manifest = raced  # type: ignore[method-assign]
    with pytest.raises(BuildtoolError, match="exists with digest") as caught:
        push.run()
    assert caught.value.kind is TAG_EXISTS


@given(st.lists(VERSIONS, unique=True))
def test_the_highest_of_the_tags_that_are_versions(tags: list[str]) -> None:
    found = highest(tags)
    versions = [version for tag in tags if (version := version_of(tag)) is not None]
    assert (found is None) == (not versions)
    assert found is None or all(one.compare(Version.parse(found)) <= 0 for one in versions)


@given(st.lists(VERSIONS, unique=True))
def test_the_version_below_is_the_nearest(tags: list[str]) -> None:
    own = Version.parse("1.2.3")
    found = version_of(below(None, tags, own))
    lower = [one for tag in tags if (one := version_of(tag)) is not None and one.compare(own) < 0]
    assert (found is None) == (not lower)
    assert found is None or all(one.compare(found) <= 0 for one in lower)
