"""Further tags: none that a policy could select, and none that leaves a newer commit or a higher version."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import CacheConfig, Config, ImageConfig
from buildtool.core.commit.ci import CiFacts
from buildtool.core.commit.further_tags import FurtherTag
from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.policy import select
from buildtool.core.image.names import Platform
from buildtool.errors import FURTHER_TAG, BuildtoolError
from buildtool.usecases.push.further import FurtherFate
from buildtool.usecases.push.further_judge import require_untaken
from buildtool.usecases.push.options import PushOptions
from tests.support.memory.push import HOST, MemoryHistory, MemoryPush, sha
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.usecases.push.plan import Plan

SEMVER = POLICY[: POLICY.index("  filterTags:")] + "  policy:\n    semver:\n      range: '>=1.0.0'\n"
ANY = POLICY[: POLICY.index("  filterTags:")] + "  policy:\n    alphabetical: {{}}\n"
NUMBERS = POLICY[: POLICY.index("  filterTags:")] + "  policy:\n    numerical: {{}}\n"
MIRROR = "mirror-one.example/site"
ARM = (Platform("linux", "arm64"),)


# --- policies


def config(*names: str, policy: str | None = "flux-system:web") -> Config:
    images = {name: ImageConfig(name, ARM, policy=policy if name == "web" else None) for name in names}
    return Config(HOST, images, Path("/repo"), insecure=True)


def judged(texts: Sequence[str], policies: Mapping[str, str], **more: Any) -> list[str]:
    found = find_policies(list(policies.items()))
    wanted = {"web": [FurtherTag(text, text) for text in texts]}
    return require_untaken(config("web", "api", **more), found, wanted)


def file(policy: str, name: str = "web", registry: str = HOST) -> dict[str, str]:
    return {f"{name}.yaml": policy.format(name=name, registry=registry)}


@pytest.mark.parametrize(
    ("policies", "text", "words"),
    [
        (file(ANY), "latest", "ImagePolicy flux-system:web takes the tag 'latest' of images.web.tags"),
        (file(POLICY) | file(ANY, "other"), "latest", "ImagePolicy flux-system:other takes the tag 'latest'"),
        (file(POLICY) | file(SEMVER, "api"), "v1.2.3", "ImagePolicy flux-system:api takes the tag 'v1.2.3'"),
        (file(POLICY.replace("^main-", "^(?:main|staging)")), "staging", ""),
        (file(NUMBERS), "latest", "ImagePolicy flux-system:web fails on the tag 'latest'"),
        (file(POLICY) | file(NUMBERS, "api"), "latest", ""),  # it reads another repository, where the tag never is
        (file(POLICY) | file(NUMBERS, "api"), "12", "ImagePolicy flux-system:api takes the tag '12'"),
        (file(POLICY) | file(ANY, "podinfo", "ghcr.io/stefanprodan"), "latest", ""),  # another registry's tags
        (file(POLICY), "", ""),
        ({}, "latest", ""),
    ],
)
def test_what_a_policy_could_take_is_refused(policies: Mapping[str, str], text: str, words: str) -> None:
    if not words:
        assert judged([text], policies) == []
        return
    with pytest.raises(BuildtoolError) as caught:
        judged([text], policies)
    assert caught.value.kind is FURTHER_TAG
    assert words in caught.value.message
    assert str(caught.value.place).startswith(("web.yaml:", "other.yaml:", "api.yaml:"))
    assert repr(text) in caught.value.fix


@pytest.mark.parametrize(
    ("text", "setting", "changes"),
    [
        ("unproven", "push.candidate_tag", {}),
        ("layers", "cache.tag", {"cache": CacheConfig(enabled=True, tag="layers")}),
    ],
)
def test_a_branch_of_the_name_of_another_tag_of_ours(text: str, setting: str, changes: dict[str, Any]) -> None:
    """Every push writes and removes the candidate tag: `{branch}` of such a branch would be that."""
    push = MemoryPush(branch=text, options=PushOptions(deploy=False), further=["{branch}"])
    push.config = replace(push.config, **changes)
    with pytest.raises(BuildtoolError) as caught:
        push.plan()
    assert caught.value.kind is FURTHER_TAG
    assert f"images.web.tags makes the tag {text} here, which {setting} writes" in caught.value.message


def test_a_policy_whose_repository_is_not_known_counts() -> None:
    lonely = ANY[ANY.index("---\n") + 4 :].format(name="lonely")
    with pytest.raises(BuildtoolError, match="flux-system:lonely takes the tag 'latest'"):
        judged(["latest"], {"lonely.yaml": lonely})


@pytest.mark.parametrize(("policy", "words"), [(ANY, "takes the tag 'latest'"), (NUMBERS, "fails on the tag 'latest'")])
def test_a_policy_that_reads_a_mirror_counts(policy: str, words: str) -> None:
    """Further tags are written there, too."""
    policies = file(POLICY) | {"mirror.yaml": policy.format(name="web", registry=MIRROR).replace(": web", ": copy")}
    mirrored = replace(config("web"), mirrors=(MIRROR,))
    wanted = {"web": [FurtherTag("latest", "latest")]}
    assert require_untaken(config("web"), find_policies(list(policies.items())), wanted) == []
    with pytest.raises(BuildtoolError, match=f"flux-system:copy {words}"):
        require_untaken(mirrored, find_policies(list(policies.items())), wanted)


def test_what_cannot_be_read_is_said_to_be_unknown() -> None:
    range_of_the_cluster = SEMVER.replace("'>=1.0.0'", "${{versions}}")
    [warning] = judged(["latest"], file(POLICY) | file(range_of_the_cluster, "api"))
    assert "ImagePolicy flux-system:api (api.yaml:14:9) cannot be read here" in warning
    assert "whether it takes a further tag of web is unknown" in warning


PATTERNS = st.lists(
    st.sampled_from(["^", "$", "main", "latest", "-", ".*", "[a-z]+", "(?P<n>[0-9]+)", "v", "pr-", "1", "(", "\\."]),
    max_size=5,
).map("".join)
ORDERS = st.sampled_from(
    [
        {"alphabetical": {"order": "asc"}},
        {"alphabetical": {"order": "desc"}},
        {"numerical": {"order": "asc"}},
        {"numerical": {"order": "desc"}},
        {"semver": {"range": ">=1.0.0"}},
        {"semver": {"range": "*-0"}},
        {"semver": {"range": ">=0.0.0-0"}},
    ]
)
FILTERS = st.none() | st.fixed_dictionaries({"pattern": PATTERNS}, optional={"extract": st.sampled_from(["$n", "x"])})
TEXTS = st.sampled_from(
    ["latest", "main", "pr-12", "12", "1.2", "v1.2.3", "1.2.3-alpine", "feature-x", "1", "stable", "a.b.c"]
)
PUBLISHED = st.lists(TEXTS | st.sampled_from(["main-abc1234-1707300000", "1.2.3", "2.0.0-rc.1", "7"]), max_size=5)


def policy_file(number: int, filter_tags: dict[str, str] | None, order: dict[str, Any]) -> tuple[str, str]:
    spec = {"imageRepositoryRef": {"name": "web"}, "policy": order}
    if filter_tags is not None:
        spec["filterTags"] = filter_tags
    item = {
        "apiVersion": "image.toolkit.fluxcd.io/v1",
        "kind": "ImagePolicy",
        "metadata": {"name": f"p{number}", "namespace": "flux-system"},
        "spec": spec,
    }
    return f"p{number}.yaml", json.dumps(item)


@given(
    st.lists(st.tuples(FILTERS, ORDERS), min_size=1, max_size=3),
    st.lists(TEXTS, min_size=1, max_size=3, unique=True),
    PUBLISHED,
)
def test_no_further_tag_that_is_accepted_can_be_selected(
    policies: list[tuple[dict[str, str] | None, dict[str, Any]]], texts: list[str], published: list[str]
) -> None:
    """Whatever the policies of the tree are, and whatever else is in the repository."""
    files = dict(policy_file(number, *policy) for number, policy in enumerate(policies))
    manifests = find_policies(list(files.items()))
    wanted = {"web": [FurtherTag(text, text) for text in texts]}
    try:
        require_untaken(config("web", policy=None), manifests, wanted)
    except BuildtoolError as error:
        assert error.kind is FURTHER_TAG  # noqa: PT017 -- refused: and some policy does something with one of them
        selections = [select(one.value, [text]) for one in manifests.found if one.known for text in texts]
        assert any(found.possible or found.error is not None for found in selections)
        return
    for policy in manifests.found:
        if policy.known:
            others = [tag for tag in published if tag not in texts]
            assert not set(select(policy.value, [*others, *texts]).possible) & set(texts)
            assert select(policy.value, [*others, *texts]).winner not in texts


# --- age


def after(first: MemoryPush, commit: int, **changes: Any) -> MemoryPush:
    return MemoryPush(commit, registry=first.registry, clock=first.clock, **changes)


def fates(plan: Plan, name: str = "web") -> dict[str, tuple[FurtherFate, str]]:
    [image] = [image for image in plan.images if image.name == name]
    return {one.tag or one.template: (one.fate, one.why) for one in image.further}


def test_a_new_tag_and_one_that_moves() -> None:
    first = MemoryPush(further=["latest"])
    assert fates(first.plan()) == {"latest": (FurtherFate.NEW, "")}
    first.run()
    assert fates(after(first, 1, further=["latest"]).plan()) == {"latest": (FurtherFate.THERE, "")}
    moved = fates(after(first, 2, further=["latest", "{branch}"]).plan())
    assert moved == {"latest": (FurtherFate.MOVES, "from main-0000001-1707300000"), "main": (FurtherFate.NEW, "")}


def test_an_unchanged_image_gets_what_it_lacks() -> None:
    first = MemoryPush()
    first.run()
    second = after(first, 2, further=["latest"], inputs=dict.fromkeys(("web", "api"), "sha256:1"))
    plan = second.plan()
    assert [image.tag for image in plan.images] == [None, None]
    assert [image.name for image in plan.to_write] == ["web", "api"]
    second.run()
    for name in ("web", "api"):
        tags = first.registry.tagged[name]
        assert tags["latest"] == tags["main-0000001-1707300000"]


NEWER = "it points at main-0000003-1, of a newer commit"
UNKNOWN = "it points at main-0000003-1: whether its commit is newer is unknown (git fetch --unshallow)"
UNREAD = "what it points at cannot be read as an image, so whether that is newer is unknown"


@pytest.mark.parametrize(
    ("history", "labels", "why"),
    [
        (MemoryHistory(), {"revision": sha(3), "version": "main-0000003-1"}, NEWER),
        (MemoryHistory(frozenset({sha(3)})), {"revision": sha(3), "version": "main-0000003-1"}, UNKNOWN),
        (MemoryHistory(), {"version": "x\x1b[1m"}, "it points at x\\x1b[1m: whether its commit is newer is unknown"),
    ],
)
@pytest.mark.parametrize("options", [PushOptions(), PushOptions(allow_older=True), PushOptions(force=True)], ids=str)
def test_where_it_stays(history: MemoryHistory, labels: dict[str, str], why: str, options: PushOptions) -> None:
    """Not even --allow-older moves it: that is about what Flux deploys."""
    push = MemoryPush(2, further=["latest"], history=history, options=options)
    there = push.add("web", "latest", **labels)
    plan = push.plan()
    fate, said = fates(plan)["latest"]
    assert (fate, said.startswith(why)) == (FurtherFate.STAYS, True), said
    assert f"web: latest stays: {said}" in plan.warnings
    push.run()
    assert push.registry.tagged["web"]["latest"] == there.digest
    assert push.registry.tagged["api"]["latest"] == push.registry.tagged["api"]["main-0000002-1707300000"]


def test_what_cannot_be_read_stays() -> None:
    push = MemoryPush(2, further=["latest"])
    there = push.add("web", "latest", revision=sha(1))
    broken = replace(there, body=b"{}")
    push.registry._manifests["web", there.digest] = broken
    assert fates(push.plan())["latest"] == (FurtherFate.STAYS, UNREAD)


def test_a_lower_version_never_takes_a_shared_tag() -> None:
    """The commits of two lines have no order: the versions have."""
    lines: dict[str, Any] = {"policy": SEMVER, "branch": None, "further": ["latest", "{major}.{minor}"]}
    newest = MemoryPush(1, git_tags=("v2.0.0",), **lines)
    newest.run()
    correction = after(newest, 2, git_tags=("v1.9.1",), options=PushOptions(allow_older=True), **lines)
    assert fates(correction.plan()) == {
        "latest": (FurtherFate.STAYS, "it points at the higher version 2.0.0"),
        "1.9": (FurtherFate.NEW, ""),
    }


def test_a_dirty_build_and_one_of_another_branch_move_nothing_shared() -> None:
    dirty = MemoryPush(changes=("a",), options=PushOptions(allow_dirty=True), further=["latest", "{branch}"])
    assert {fate for fate, _ in fates(dirty.plan()).values()} == {FurtherFate.LEFT_OUT}
    other = MemoryPush(branch="dev", options=PushOptions(deploy=False), further=["latest", "{branch}"])
    assert fates(other.plan()) == {
        "latest": (FurtherFate.LEFT_OUT, "only a build that is deployed, or of a deploy branch, moves it"),
        "dev": (FurtherFate.NEW, ""),
    }
    free = MemoryPush(branch="dev", policies=False, further=["latest"])
    assert fates(free.plan())["latest"][0] is FurtherFate.LEFT_OUT
    assert fates(MemoryPush(policies=False, further=["latest"]).plan())["latest"][0] is FurtherFate.NEW


def test_the_number_of_a_pull_request() -> None:
    facts = CiFacts(system="GitHub", head_ref="dev", number="7", commit=sha(1), commit_variable="GITHUB_SHA")
    push = MemoryPush(ci=facts, options=PushOptions(deploy=False), further=["pr-{number}"])
    assert fates(push.plan()) == {"pr-7": (FurtherFate.NEW, "")}
