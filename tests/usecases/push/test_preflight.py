"""What is wrong in checkout, configuration and manifests is said before any question goes out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.config.settings import CacheConfig, PushConfig
from buildtool.core.flux.manifests import find_policies
from buildtool.errors import (
    CLOCK_SKEW,
    CONFIG_INVALID,
    DIRTY_TREE,
    POLICY_MISMATCH,
    POLICY_UNKNOWN,
    USAGE,
    WOULD_DEPLOY,
    BuildtoolError,
)
from buildtool.usecases.push.options import PushOptions
from tests.support.clock import PatientClock
from tests.support.memory.push import MemoryPush, sha
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from buildtool.errors import Kind

LOOSE = POLICY.replace("^main-[a-f0-9]{{7,40}}-", "^main-.*-")


def test_the_facts_of_a_run() -> None:
    ready = MemoryPush(3).ready()
    source = ready.source
    assert (source.revision, source.branch, source.branch_source, source.time) == (
        sha(3),
        "main",
        "HEAD",
        1_700_000_003,
    )
    assert [image.name for image in ready.images] == ["web", "api"]
    assert [policy.name for policy in ready.policies.values() if policy] == ["web", "api"]
    assert ready.warnings == []


def test_only_the_images_that_were_named_count() -> None:
    ready = MemoryPush(options=PushOptions(images=["api"])).ready()
    assert ([image.name for image in ready.images], list(ready.policies)) == (["api"], ["api"])
    assert MemoryPush(policies=False).ready().policies == {"web": None, "api": None}


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"changes": tuple("abcdefg")}, DIRTY_TREE, "uncommitted: a, b, c, d, e and 2 more"),
        ({"options": PushOptions(images=["wbe"])}, USAGE, 'no image is called "wbe"'),
        ({"branch": "dev"}, POLICY_MISMATCH, "web: ImagePolicy flux-system:web does not take the tag dev-"),
        ({"clock": PatientClock(86_400)}, CLOCK_SKEW, "this machine's clock says the year 1970: it was never set"),
        (
            {"changes": ("a",), "options": PushOptions(allow_dirty=True), "policy": LOOSE},
            WOULD_DEPLOY,
            "which holds uncommitted files",
        ),
    ],
)
def test_what_stops_a_push(changes: dict[str, Any], kind: Kind, words: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        MemoryPush(**changes).ready()
    assert caught.value.kind is kind
    assert words in caught.value.message


@pytest.mark.parametrize("options", [PushOptions(allow_dirty=True), PushOptions(allow_dirty=True, deploy=False)])
def test_uncommitted_files_that_were_asked_for(options: PushOptions) -> None:
    assert MemoryPush(changes=("a",), options=options).ready().source.dirty


def test_a_branch_that_no_policy_takes_may_be_published_without_deploying() -> None:
    ready = MemoryPush(branch="feature/x", options=PushOptions(deploy=False)).ready()
    assert ready.source.branch == "feature/x"
    assert ready.warnings == ['branch "feature/x" is written "feature-x": a tag of ours does not hold /']


def test_a_policy_that_is_not_there() -> None:
    push = MemoryPush()
    push.manifests = find_policies([])
    with pytest.raises(BuildtoolError, match="the manifests of this repository define: none") as caught:
        push.ready()
    assert caught.value.kind is POLICY_UNKNOWN


def test_a_policy_that_watches_another_repository_is_told() -> None:
    push = MemoryPush()
    push.config = replace(push.config, registry="other.example")
    assert [warning.partition(" (")[0] for warning in push.ready().warnings] == [
        f"image {name} is published to other.example/{name}, flux-system:{name} watches r.example/{name}"
        for name in ("web", "api")
    ]


def test_a_policy_that_stands_in_two_clusters_and_differs_is_told() -> None:
    push = MemoryPush()
    texts = [
        (f"{cluster}/{name}.yaml", POLICY.format(name=name, registry="r.example"))
        for cluster in "ab"
        for name in ("web", "api")
    ]
    texts[0] = (texts[0][0], texts[0][1].replace("order: asc", "order: desc"))
    push.manifests = find_policies(texts)
    [warning] = push.ready().warnings
    assert warning.startswith("flux-system:web is the key of 2 policies that differ (a/web.yaml:")


@pytest.mark.parametrize(
    "settings",
    [
        {"push": PushConfig(candidate_tag=f"main-{sha(1)[:7]}-1700000000")},
        {"cache": CacheConfig(enabled=True, tag=f"main-{sha(1)[:7]}-1700000000")},
    ],
)
def test_a_tag_of_unproven_content_that_flux_takes(settings: dict[str, Any]) -> None:
    push = MemoryPush()
    push.config = replace(push.config, **settings)
    with pytest.raises(BuildtoolError) as caught:
        push.ready()
    assert caught.value.kind is CONFIG_INVALID
    assert (caught.value.place or "").startswith("web.yaml:")
