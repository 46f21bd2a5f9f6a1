from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.config import Config, ImageConfig
from buildtool.config.settings import CacheConfig, PushConfig
from buildtool.core.flux.manifests import ImageRepository, find_policies
from buildtool.core.image.names import Platform
from buildtool.errors import (
    CONFIG_INVALID,
    EXCLUSION_LIST,
    POLICY_MISMATCH,
    POLICY_REFUSED,
    POLICY_UNKNOWN,
    WOULD_DEPLOY,
    BuildtoolError,
    Exit,
)
from buildtool.errors.findings import Place
from buildtool.usecases.push import selection
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from buildtool.core.flux.manifests import Manifests
    from buildtool.errors import (
        Kind,
    )

SHA = "abc1234"


def manifests(pattern: str = r"^main-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$", order: str = "asc") -> Manifests:
    text = POLICY.format(name="web", registry="r.example").replace("order: asc", f"order: {order}")
    start = text.index("pattern: '") + len("pattern: '")
    end = text.index("'", start)
    return find_policies([("web.yaml", text[:start] + pattern + text[end:])])


POLICY_OF = manifests().policies["flux-system:web"]


def image(policy: str | None) -> ImageConfig:
    return ImageConfig(name="web", platforms=(Platform.parse("linux/arm64"),), policy=policy)


def raises(kind: Kind, *words: str) -> pytest.RaisesExc[BuildtoolError]:
    return pytest.RaisesExc(
        BuildtoolError,
        check=lambda error: error.kind is kind and all(word in f"{error.place}: {error.message}" for word in words),
    )


def test_the_policy_of_an_image() -> None:
    assert selection.policy_of(image("flux-system:web"), manifests()) == POLICY_OF
    assert selection.policy_of(image(None), manifests()) is None
    with raises(POLICY_UNKNOWN, "flux-system:wbe", "flux-system:web"):
        selection.policy_of(image("flux-system:wbe"), manifests())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("pattern: ", "pattern: 5 #", "spec.filterTags.pattern in body must be of type string"),
        ("order: asc", "order: ASC", 'spec.policy.numerical.order: Unsupported value: "ASC"'),
        ("filterTags:", "filter:", "spec.filter: field not declared in schema"),
        ("interval: ", "interval: 1d #", 'ImageRepository flux-system/web: spec.interval: Invalid value: "1d"'),
    ],
)
def test_a_policy_that_the_api_server_refuses_says_what_and_where(old: str, new: str, words: str) -> None:
    text = POLICY.format(name="web", registry="r")
    assert old in text
    with raises(POLICY_REFUSED, words, "web.yaml:") as failure:
        selection.policy_of(image("flux-system:web"), find_policies([("web.yaml", text.replace(old, new))]))
    assert failure.value.kind.exit is Exit.NO


def test_a_tag_the_policy_does_not_take() -> None:
    selection.require_match("web", POLICY_OF, f"main-{SHA}-1700000000")
    with raises(POLICY_MISMATCH, "flux-system:web", "web.yaml:", "^main-", f"dev-{SHA}-1700000000", "'dev'"):
        selection.require_match("web", POLICY_OF, f"dev-{SHA}-1700000000")


def test_a_tag_that_matches_and_does_not_win() -> None:
    older = [f"main-{SHA}-1700000000"]
    selection.require_win("web", POLICY_OF, older, f"main-{SHA}-1700000001")
    with raises(POLICY_MISMATCH, "Flux prefers main-abc1234-1700000000"):
        selection.require_win("web", POLICY_OF, older, f"main-{SHA}-1699999999")
    smallest = manifests(order="desc").policies["flux-system:web"]
    with raises(POLICY_MISMATCH, "Flux prefers"):
        selection.require_win("web", smallest, older, f"main-{SHA}-1700000001")


def test_a_policy_whose_evaluation_fails() -> None:
    words = manifests(r"^main-[a-f0-9]{7,40}-(?P<ts>.*)$").policies["flux-system:web"]
    with raises(POLICY_MISMATCH, "evaluation fails"):
        selection.require_win("web", words, [f"main-{SHA}-latest"], f"main-{SHA}-1700000001")


def test_a_candidate_tag_must_be_out_of_sight() -> None:
    config = Config("r.example", {"web": image("flux-system:web")}, root=None)  # type: ignore[arg-type]
    selection.require_all_hidden(config, manifests(), {"web": POLICY_OF})
    numbers = manifests(r"^(?:main-[a-f0-9]{7,40}-)?(?P<ts>.+)$")
    with raises(CONFIG_INVALID, "fails on the tag 'unproven' of push.candidate_tag: images are pushed under it"):
        selection.require_all_hidden(config, numbers, {"web": numbers.policies["flux-system:web"]})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ""),
        ({"cache": CacheConfig(tag="main-abc1234-1700000000")}, ""),
        ({"cache": CacheConfig(enabled=True, tag="main-abc1234-1700000000")}, "of cache.tag: it holds layers"),
        ({"push": PushConfig(candidate_tag="main-abc1234-1700000000")}, "of push.candidate_tag: images are pushed"),
    ],
)
def test_every_tag_that_holds_no_proven_image_is_hidden(settings: dict[str, Any], words: str) -> None:
    config = Config("r.example", {"web": image("flux-system:web")}, root=None, **settings)  # type: ignore[arg-type]
    found = list(selection.visible_tags(config, manifests(), {"web": POLICY_OF}))
    assert len(found) == bool(words)
    if found:
        with raises(CONFIG_INVALID, words):
            selection.require_all_hidden(config, manifests(), {"web": POLICY_OF})


@pytest.mark.parametrize("cache_to", ["type=registry,mode=max,ref=r.example/web:{}", "r.example/web:{}"])
def test_a_cache_in_a_repository_that_a_policy_watches_is_hidden(cache_to: str) -> None:
    """Whoever's repository it is; one that no policy watches may hold any tag."""
    taken = "main-abc1234-1700000000"
    others = {"api": replace(image(None), name="api", cache_to=(cache_to.format(taken),))}
    config = Config("r.example", others, root=None)  # type: ignore[arg-type]
    with raises(CONFIG_INVALID, f"takes the tag '{taken}' of images.api.cache_to"):
        selection.require_all_hidden(config, manifests(), {"api": None})
    selection.require_all_hidden(replace(config, registry="q.example"), find_policies([]), {"api": None})
    hidden = {"api": replace(others["api"], cache_to=(cache_to.format("buildcache"),))}
    selection.require_all_hidden(replace(config, images=hidden), manifests(), {"api": None})


def test_no_deploy_is_no_word_for_a_tag_that_flux_would_deploy() -> None:
    older = [f"main-{SHA}-1700000000"]
    selection.require_no_deploy("web", POLICY_OF, older, f"side-{SHA}-1700000001")
    selection.require_no_deploy("web", POLICY_OF, older, f"main-{SHA}-1600000000")
    with raises(WOULD_DEPLOY, f"would deploy main-{SHA}-1700000001, and this run is not to be deployed"):
        selection.require_no_deploy("web", POLICY_OF, older, f"main-{SHA}-1700000001")
    with raises(WOULD_DEPLOY, "would deploy"):
        selection.require_no_deploy("web", POLICY_OF, older, "main-0000000-1700000000")


def test_only_policies_on_what_is_pushed_see_the_candidate() -> None:
    """A third party's image may well have a policy that takes every tag."""
    third = POLICY.format(name="podinfo", registry="other.example")
    found = find_policies([("web.yaml", POLICY.format(name="web", registry="r.example")), ("third.yaml", third)])
    config = Config(registry="r.example", images={"web": image(None)}, root=None)  # type: ignore[arg-type]
    [watching] = selection.watching(found, config, {"web": None})
    assert watching.name == "web"
    assert selection.watching(found, config, {"web": found.policies["flux-system:web"]}) == [watching]


def test_uncommitted_files_must_be_out_of_sight() -> None:
    selection.require_dirty_hidden("web", POLICY_OF, f"main-{SHA}-dirty-1700000000")
    loose = manifests(r"^main-.*-(?P<ts>[0-9]{10})$").policies["flux-system:web"]
    with raises(WOULD_DEPLOY, "uncommitted"):
        selection.require_dirty_hidden("web", loose, f"main-{SHA}-dirty-1700000000")


def repository(*exclusions: str) -> ImageRepository:
    return ImageRepository(
        "flux-system", "web", "r.example/web", insecure=True, exclusion_list=exclusions, place=Place("a")
    )


def test_flux_does_not_see_what_is_excluded() -> None:
    tags = ["a", "sha256-1.sig", "b"]
    assert selection.visible(tags, None) == ["a", "b"]
    assert selection.visible(tags, repository()) == ["a", "b"]
    assert selection.visible(tags, repository("^a$")) == ["sha256-1.sig", "b"]
    with raises(EXCLUSION_LIST, "exclusionList"):
        selection.visible(tags, repository("(?!a)"))


@pytest.mark.parametrize(
    ("now", "newest", "time"), [(100, [], 100), (100, [None, 50], 100), (100, [100], 101), (100, [99, 250], 251)]
)
def test_time_only_grows(now: int, newest: list[int | None], time: int) -> None:
    assert selection.next_time(now, newest) == time


def test_the_newest_time_is_what_the_policy_extracts() -> None:
    tags = [f"main-{SHA}-1700000005", f"other-{SHA}-1800000000", "unproven"]
    assert selection.newest_time(POLICY_OF, tags, "main") == 1700000005
    assert selection.newest_time(None, tags, "other") == 1800000000
    assert selection.newest_time(None, ["latest"], "main") is None


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (f"main-{SHA}-dirty-1700000009", 1700000009),
        (f"main-{SHA}-1700000003", 1700000005),
        (f"main-{SHA}-17000000099", 1700000005),
        (f"side-{SHA}-1700000009", 1700000005),
        ("main-abc1234abc1234abc1234abc1234abc1234abc12-1700000009", 1700000009),
    ],
)
def test_the_newest_time_counts_what_flux_does_not_deploy(tag: str, expected: int) -> None:
    assert selection.newest_time(POLICY_OF, [f"main-{SHA}-1700000005", tag], "main") == expected
    assert selection.newest_time(POLICY_OF, ["latest"], "main") is None


def test_what_is_deployed_now() -> None:
    tags = [f"main-{SHA}-1700000005", f"main-{SHA}-dirty-1700000009", f"other-{SHA}-1800000000", "latest"]
    assert selection.current(POLICY_OF, tags, "main") == tags[0]
    assert selection.current(None, tags, "main") == tags[0]
    assert selection.current(POLICY_OF, [], "main") is None
    assert selection.current(None, ["latest"], "main") is None


CONFIG = Config(registry="r.example:5000/p", images={}, root=None)  # type: ignore[arg-type]
