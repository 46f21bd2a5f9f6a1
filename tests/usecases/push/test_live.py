"""What the registry holds, read now."""

from __future__ import annotations

import pytest

from buildtool.core.registry.contents import Manifest
from buildtool.errors import REGISTRY_DENIED, REGISTRY_SCAN, BuildtoolError
from tests.support.memory.push import MemoryPush, sha
from tests.support.shop import POLICY

TAG = f"main-{sha(1)[:7]}-1707300000"


def test_tags_by_image_and_nothing_for_a_repository_that_is_not_there() -> None:
    push = MemoryPush()
    push.add("web", "b")
    push.add("web", "a")
    assert push.live.read(list(push.config.images.values())) == {"web": ["a", "b"], "api": []}


def test_nothing_is_kept_from_one_call_to_the_next() -> None:
    push = MemoryPush(names=["web"])
    images = list(push.config.images.values())
    assert push.live.read(images) == {"web": []}
    push.add("web", "a")
    assert push.live.read(images) == {"web": ["a"]}


@pytest.mark.parametrize(
    ("exclusions", "seen"), [("", ["a", "b"]), ("\n  exclusionList: ['^a$']", ["sha256-1.sig", "b"])]
)
def test_what_flux_sees(exclusions: str, seen: list[str]) -> None:
    push = MemoryPush(names=["web"], policy=POLICY.replace("\n  interval: 1m", f"\n  interval: 1m{exclusions}"))
    assert push.live.visible(push.config.images["web"], ["a", "sha256-1.sig", "b"]) == seen


def test_an_image_without_a_policy_is_seen_with_fluxs_defaults() -> None:
    push = MemoryPush(policies=False)
    assert push.live.visible(push.config.images["web"], ["a", "sha256-1.sig"]) == ["a"]


def test_what_is_published_is_read_back() -> None:
    push = MemoryPush()
    there = push.add("web", TAG, revision=sha(1))
    published, warning = push.live.published(push.config.repository("web"), TAG)
    assert published is not None
    assert (published.tag, published.manifest, published.proof.digest, warning) == (TAG, there, there.digest, "")


def test_what_is_gone_or_no_image_is_none() -> None:
    push = MemoryPush()
    web = push.config.repository("web")
    assert push.live.published(web, TAG) == (None, "")
    push.registry.put_manifest(web, TAG, Manifest("", "sha256:1", b"[]"))
    assert push.live.published(web, TAG) == (None, "")


def test_what_a_scan_holds_back_is_told_and_other_failures_are_raised() -> None:
    push = MemoryPush()
    web = push.config.repository("web")
    push.registry.manifest = raising(REGISTRY_SCAN, "not scanned")  # type: ignore[method-assign]
    assert push.live.published(web, TAG) == (
        None,
        f"r.example/web:{TAG}, which is published, can be read by nobody now: not scanned",
    )
    push.registry.manifest = raising(REGISTRY_DENIED, "no")  # type: ignore[method-assign]
    with pytest.raises(BuildtoolError, match="no"):
        push.live.published(web, TAG)


def raising(kind: object, message: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    def fail(*_: object) -> None:
        raise BuildtoolError(kind, message)  # type: ignore[arg-type]

    return fail
