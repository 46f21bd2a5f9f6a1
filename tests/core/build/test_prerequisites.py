from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.builder import BuilderFacts, EngineLimits
from buildtool.core.build.prerequisites import judge, platforms, wanted
from buildtool.core.build.run_settings import RunSettings
from buildtool.core.image.names import Platform
from buildtool.errors import BUILDER_UNUSABLE, BUILDX_TOO_OLD, INSECURE_ENGINE, PLATFORM_MISSING
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.builder import Version
    from buildtool.core.build.prerequisites import Wanted

AMD, ARM, ARM7 = map(Platform.parse, ("linux/amd64", "linux/arm64", "linux/arm/v7"))
HOST = "r.example:5000"
OLD_STORE = EngineLimits({HOST: False}, several_platforms=False)
TWICE = EngineLimits(itself_over_https=frozenset({HOST}))
NAMED = EngineLimits({HOST: True}, several_platforms=False)


def builder(*there: Platform, engine: EngineLimits | None = None) -> BuilderFacts:
    return BuilderFacts("farm", "docker", (0, 13, 1), frozenset(there), engine or EngineLimits())


def want(images: Mapping[str, tuple[Platform, ...]], *, insecure: bool = True) -> Wanted:
    return wanted(images, (HOST,) if insecure else ())


@pytest.mark.parametrize(
    ("driver", "engine", "cached", "warns"),
    [
        ("docker", OLD_STORE, ("web",), True),
        ("docker", OLD_STORE, (), False),
        ("docker", EngineLimits(), ("web",), False),
        ("docker-container", OLD_STORE, ("web",), False),
    ],
)
def test_a_builder_that_writes_no_layer_caches(
    driver: str, engine: EngineLimits, cached: tuple[str, ...], *, warns: bool
) -> None:
    """A warning: the images can be built all the same."""
    asked = replace(want({"web": (AMD,)}, insecure=False), cached=cached)
    found = list(judge(replace(builder(AMD, engine=engine), driver=driver), asked))
    assert [(one.code, one.severity) for one in found] == [(BUILDER_UNUSABLE.code, Severity.WARNING)] * warns
    assert all("builder farm writes no layer cache of web: the docker driver needs" in one.message for one in found)
    assert all("built without writing one (set" in one.warning for one in found)


@pytest.mark.parametrize(
    ("there", "asked", "words", "fix"),
    [
        ((AMD,), {"web": (AMD,)}, "", ""),
        ((AMD, ARM), {"web": (AMD, ARM), "api": (ARM,)}, "", ""),
        ((AMD,), {}, "", ""),
        (
            (AMD,),
            {"web": (AMD, ARM), "api": (ARM7,)},
            "farm (docker) cannot build for linux/arm/v7, linux/arm64; it can for linux/amd64",
            "install arm",
        ),
        ((), {"web": (ARM,)}, "cannot build for linux/arm64; it can for nothing", "--install arm64"),
        ((ARM,), {"web": (Platform.parse("linux/arm64/v8"),)}, "", ""),
        ((Platform("linux", "arm64", "v8"),), {"web": (ARM,)}, "", ""),
    ],
)
def test_platforms(
    there: tuple[Platform, ...], asked: Mapping[str, tuple[Platform, ...]], words: str, fix: str
) -> None:
    found = list(judge(builder(*there), want(asked)))
    assert [(one.code, one.severity) for one in found] == [(PLATFORM_MISSING.code, Severity.ERROR)] * bool(words)
    assert all(words in one.message and fix in one.fix for one in found)


@pytest.mark.parametrize(
    ("engine", "asked", "insecure", "codes"),
    [
        (EngineLimits(), {"web": (AMD, ARM)}, True, []),
        (OLD_STORE, {"web": (AMD,), "api": (ARM,)}, False, []),
        (OLD_STORE, {"web": (AMD, ARM)}, False, [BUILDER_UNUSABLE.code]),
        (OLD_STORE, {"web": (AMD, AMD)}, False, []),
        (OLD_STORE, {"web": (AMD,)}, True, [INSECURE_ENGINE.code]),
        (NAMED, {"web": (AMD,)}, True, []),
        (OLD_STORE, {"web": (AMD, ARM)}, True, [BUILDER_UNUSABLE.code, INSECURE_ENGINE.code]),
    ],
)
def test_engines(
    engine: EngineLimits, asked: Mapping[str, tuple[Platform, ...]], codes: list[str], *, insecure: bool
) -> None:
    found = list(judge(builder(AMD, ARM, engine=engine), want(asked, insecure=insecure)))
    assert [one.code for one in found] == codes
    assert {one.severity for one in found} <= {Severity.ERROR}


@pytest.mark.parametrize(("version", "refused"), [((0, 13, 1), True), ((0, 21, 3), True), ((0, 22, 0), False)])
def test_an_old_buildx_lets_the_engine_push_once_more(version: Version, *, refused: bool) -> None:
    """By the engine's own settings, also with the containerd image store: seen with buildx 0.13 and docker 26."""
    twice = replace(builder(AMD, engine=TWICE), buildx_version=version)
    found = list(judge(twice, want({"web": (AMD,)})))
    assert [one.code for one in found] == [INSECURE_ENGINE.code] * refused
    assert all(f'"insecure-registries": ["{HOST}"]' in one.fix and "buildx before 0.22" in one.message for one in found)
    assert list(judge(twice, want({"web": (AMD,)}, insecure=False))) == []


def test_what_is_wrong_is_named() -> None:
    several, over_http = judge(builder(AMD, ARM, engine=OLD_STORE), want({"web": (AMD, ARM), "api": (ARM,)}))
    assert "one platform only, and web has several" in several.message
    assert f"would push to {HOST} over HTTPS" in over_http.message
    assert f'"insecure-registries": ["{HOST}"]' in over_http.fix


def test_each_registry_that_is_not_reached_is_named() -> None:
    """Images of one run may go to several: what the engine does with one says nothing about the others."""
    asked = replace(want({"web": (AMD,)}), http_hosts=("a.example:1", "b.example:2", "c.example:3"))
    limits = EngineLimits({"a.example:1": True, "b.example:2": False, "c.example:3": None}, several_platforms=False)
    (found,) = judge(builder(AMD, engine=limits), asked)
    assert "b.example:2" in found.message
    assert "b.example:2" in found.fix


LISTS = st.lists(st.sampled_from([AMD, ARM, ARM7]), max_size=3).map(tuple)


@given(there=LISTS, asked=st.dictionaries(st.sampled_from(["web", "api"]), LISTS))
def test_a_builder_is_refused_exactly_for_what_it_lacks(
    there: tuple[Platform, ...], asked: Mapping[str, tuple[Platform, ...]]
) -> None:
    lacks = {one for mine in asked.values() for one in mine} - set(there)
    found = list(platforms(builder(*there), want(asked)))
    assert bool(found) is bool(lacks)
    assert all(str(one) in found[0].message for one in lacks)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ((0, 13, 1), ["images.web.network needs buildx 0.17.0: 0.13.1", "images.web.extra_hosts needs buildx 0.25.0"]),
        ((0, 17, 0), ["images.web.extra_hosts needs buildx 0.25.0: 0.17.0, which is installed, would ignore it"]),
        ((0, 25, 0), []),
    ],
)
def test_a_key_that_this_buildx_would_ignore(version: tuple[int, int, int], words: list[str]) -> None:
    needs = RunSettings(network="none", extra_hosts={"db": "10.0.0.2"}, shm_size="1g").needs()
    asked = replace(want({"web": (AMD,)}), keys={"web": needs})
    found = list(judge(replace(builder(AMD), buildx_version=version), asked))
    assert [one.code for one in found] == [BUILDX_TOO_OLD.code] * len(words)
    assert all(text in one.message for text, one in zip(words, found, strict=True))


def test_attestations_need_the_containerd_image_store() -> None:
    asked = replace(want({"web": (AMD,)}), attested=True)
    (found,) = judge(builder(AMD, engine=NAMED), asked)
    assert (found.code, "containerd-snapshotter" in found.fix) == (BUILDER_UNUSABLE.code, True)
    assert not list(judge(builder(AMD), asked))
