"""Which images are built and why, under which tag, and whether a plan still holds at the moment of publishing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.base_digests import BaseDigests
from buildtool.core.flux.policy import select
from buildtool.core.image.names import Platform
from buildtool.core.registry.contents import Manifest
from buildtool.errors import OLDER_COMMIT, POLICY_MISMATCH, WOULD_DEPLOY, BuildtoolError
from buildtool.usecases.push.options import PushOptions
from tests.support.clock import PatientClock
from tests.support.memory.push import MemoryHistory, MemoryPush, sha
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.usecases.push.plan import Plan

NOW = 1_707_300_000
SHA1, SHA2 = sha(1)[:7], sha(2)[:7]
FIRST = f"main-{SHA1}-{NOW}"
SECOND = f"main-{SHA2}-{NOW + 1}"
BOTH_BRANCHES = POLICY.replace("^main-", "^(?:main|master)-")
FRACTIONS = POLICY.replace("[0-9]{{10}}", "[0-9.]+")


def after(first: MemoryPush, commit: int = 2, **changes: Any) -> MemoryPush:
    """The next push, on the same registry."""
    first.run()
    return MemoryPush(commit, registry=first.registry, clock=first.clock, **changes)


def whys(plan: Plan) -> dict[str, tuple[str, str | None]]:
    return {image.name: (image.why, image.tag) for image in plan.images}


def test_the_first_push_builds_everything() -> None:
    plan = MemoryPush().plan()
    assert whys(plan) == dict.fromkeys(("web", "api"), ("nothing is published yet", FIRST))
    assert [(image.before, image.after) for image in plan.images] == [(None, FIRST)] * 2
    assert (plan.tag.text, plan.warnings) == (FIRST, [])


def test_the_same_inputs_are_not_built_again() -> None:
    second = after(MemoryPush(), inputs={"web": "sha256:1", "api": "sha256:2"})
    plan = second.plan()
    assert whys(plan) == {"web": ("", None), "api": ("changed inputs", SECOND)}
    web, api = plan.images
    assert (web.before, web.after, web.digest is not None) == (FIRST, FIRST, True)
    assert (api.before, api.after) == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"options": PushOptions(force=True)}, "--force"),
        ({"inputs": {"api": "sha256:1"}}, "its context is remote"),
        ({"platforms": ["linux/arm64"], "inputs": {"web": "sha256:1"}}, "other platforms"),
        (
            {"branch": "master", "policy": BOTH_BRANCHES, "inputs": {"web": "sha256:1"}},
            f"{FIRST} is not of this branch",
        ),
        ({"names": ["web"], "policies": False, "inputs": {"web": "sha256:2"}}, "changed inputs"),
    ],
)
def test_why_an_image_is_built(changes: dict[str, Any], why: str) -> None:
    image = after(MemoryPush(), **changes).plan().images[0]
    assert (image.name, image.why, image.builds, image.tag is not None) == ("web", why, True, True)


OS, A, B = "r.example/os:1", f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
SAME = dict.fromkeys(("web", "api"), "sha256:1")
MOVED = f"base {OS} moved: {A} -> {B}"


def on(digest: str, *unknown: str) -> dict[str, BaseDigests]:
    return {"web": BaseDigests({OS: digest}, {"web": {OS: f"docker-image://{OS}@{digest}"}}, unknown)}


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (on(A), ""),
        ({}, ""),
        (on(B), MOVED),
        (on(A, "base x could not be looked up: y"), "base x could not be looked up: y"),
        (on(B, "base x could not be looked up: y"), f"{MOVED}; base x could not be looked up: y"),
    ],
)
def test_an_image_whose_base_moved_is_built_though_its_inputs_are_the_same(
    now: dict[str, BaseDigests], why: str
) -> None:
    [web, api] = after(MemoryPush(bases=on(A)), bases=now, inputs=SAME).plan().images
    assert (web.why, web.builds, api.builds) == (why, bool(why), False)
    assert [str(one) for one in web.moved] == [MOVED] * (MOVED in why)


def test_what_moved_is_known_beside_another_reason() -> None:
    second = after(MemoryPush(bases=on(A)), bases=on(B, "x is not known"), inputs={**SAME, "web": "sha256:2"})
    plan = second.plan()
    web = plan.images[0]
    assert (web.why, [str(one) for one in web.moved]) == ("changed inputs", [MOVED])
    assert plan.warnings == ["web: x is not known"]


def test_which_base_is_in_an_image_that_does_not_say_is_not_known() -> None:
    [web, _] = after(MemoryPush(), bases=on(A), inputs=SAME).plan().images
    assert web.why == f"base {OS} is {A} now; which one is in the published image is not known"


NO_LAYERS: dict[str, object] = {"rootfs": {"diff_ids": []}}  # so that all images of a platform have one content


@pytest.mark.parametrize(("remembered", "builds"), [(True, False), (False, True)])
def test_a_build_that_gave_the_same_is_remembered(remembered: bool, builds: bool) -> None:  # noqa: FBT001
    first = MemoryPush(bases=on(A), inputs=SAME)
    first.registry.content = NO_LAYERS
    first.run()
    memory = first.same_results

    def later(commit: int) -> MemoryPush:
        known = memory if remembered else {}
        inputs = {"web": "sha256:2", "api": "sha256:1"}
        return MemoryPush(
            commit, registry=first.registry, clock=first.clock, same_results=known, bases=on(B), inputs=inputs
        )

    again = later(2).run()
    assert [(one.status, one.plan.why) for one in again.outcomes] == [("unchanged", "same result"), ("unchanged", "")]
    [web, _] = later(3).plan().images
    assert web.builds is builds


def test_a_tag_stays_though_an_image_was_built_for_it() -> None:
    """The base moved and nothing came of it: neither image of the commit gets a new tag."""
    first = MemoryPush(bases=on(A), inputs=SAME)
    first.registry.content = NO_LAYERS
    first.run()
    again = MemoryPush(1, registry=first.registry, clock=first.clock, bases=on(B), inputs=SAME).run()
    assert {one.tag for one in again.outcomes} == {FIRST}
    assert first.tags("web") | first.tags("api") == {FIRST}


def test_uncommitted_files_are_always_built_and_never_deployed() -> None:
    options = PushOptions(allow_dirty=True)
    [web, _] = after(MemoryPush(), 1, changes=("a",), options=options).plan().images
    assert (web.why, web.tag, web.deployed) == ("uncommitted files", f"main-{SHA1}-dirty-{NOW + 1}", False)
    assert (web.before, web.after) == (FIRST, FIRST)


def test_an_image_without_a_policy_has_a_plan_of_its_own_tags() -> None:
    second = after(MemoryPush(policies=False), policies=False, inputs=dict.fromkeys(("web", "api"), "sha256:1"))
    for tag in ("latest", f"side-{SHA2}-{NOW + 9}", f"main-{SHA2}-dirty-{NOW + 5}"):
        second.add("web", tag)
    [web, _] = second.plan().images
    assert (web.before, web.after, web.builds, web.tag) == (FIRST, FIRST, False, None)
    assert web.published is not None
    assert web.published.tag == FIRST


def test_what_is_deployed_and_cannot_be_read_is_built_again() -> None:
    push = MemoryPush(2)
    push.registry.put_manifest(push.config.repository("web"), FIRST, Manifest("", "sha256:1", b"[]"))
    [web, _] = push.plan().images
    assert (web.why, web.before, web.published) == (f"{FIRST} cannot be read as an image", FIRST, None)


def test_what_cannot_be_read_is_still_known_by_the_commit_in_its_tag() -> None:
    push = MemoryPush(1)
    push.registry.put_manifest(push.config.repository("web"), SECOND, Manifest("", "sha256:1", b"[]"))
    with pytest.raises(BuildtoolError, match=f"web: {SECOND} was built from {SHA2}") as caught:
        push.plan()
    assert caught.value.kind is OLDER_COMMIT


def test_a_random_choice_of_flux_is_settled_by_a_new_tag() -> None:
    """1707300000 and 1707300000.0 are one number: Flux takes either."""
    push = MemoryPush(2, policy=FRACTIONS)
    labels = {"inputs": "sha256:2", "revision": sha(1)}
    push.add("web", FIRST, **labels)
    push.add("web", f"{FIRST}.0", **labels)
    [web, _] = push.plan().images
    assert (web.why, web.before, web.tag) == (f"Flux chooses at random: {FIRST}, {FIRST}.0", None, SECOND)
    assert web.published is None


def test_a_random_choice_hides_no_newer_commit() -> None:
    push = MemoryPush(2, policy=FRACTIONS)
    push.add("web", FIRST, revision=sha(1))
    push.add("web", f"{FIRST}.0", revision=sha(3))
    with pytest.raises(BuildtoolError, match=rf"web: {FIRST}\.0 was built from {sha(3)[:7]}") as caught:
        push.plan()
    assert caught.value.kind is OLDER_COMMIT


def test_an_older_commit_is_refused_unless_nothing_of_it_is_deployed() -> None:
    first = MemoryPush(2)
    with pytest.raises(BuildtoolError) as caught:
        after(first, 1).plan()
    assert caught.value.kind is OLDER_COMMIT
    for options in (PushOptions(allow_older=True), PushOptions(deploy=False, branch="side")):
        assert MemoryPush(1, registry=first.registry, clock=first.clock, options=options).plan().to_build


def test_a_commit_that_this_clone_does_not_know_is_warned_of() -> None:
    push = MemoryPush(2, history=MemoryHistory(frozenset({sha(1)})), names=["web"])
    push.add("web", f"main-{SHA1}-{NOW + 1_000_000}", revision=sha(1))
    warnings = push.plan().warnings
    assert any("is not in this clone" in warning and "git fetch --unshallow" in warning for warning in warnings), (
        warnings
    )


# ---------------------------------------------------------------- the time of the tag


@pytest.mark.parametrize(
    ("pattern", "tag", "time"),
    [
        (POLICY, f"main-{SHA1}-{NOW + 500}", NOW + 501),
        (POLICY, f"main-{SHA1}-{NOW - 500}", NOW),
        (POLICY, "latest", NOW),
        (POLICY, f"main-{SHA1}-dirty-{NOW + 500}", NOW + 501),
        (POLICY, f"side-{SHA1}-{NOW + 500}", NOW),
        (BOTH_BRANCHES, f"master-{SHA1}-{NOW + 500}", NOW + 501),
        (POLICY.replace("{{10}}", "{{10,13}}"), f"main-{SHA1}-{NOW}123", NOW * 1000 + 124),
        # numbers that are no times: none that float64 can tell apart is greater
        (POLICY.replace("{{10}}", "+"), f"main-{SHA1}-{10**17}", None),
    ],
)
def test_the_time_of_the_tag(pattern: str, tag: str, time: int | None) -> None:
    push = MemoryPush(2, names=["web"], policy=pattern)
    push.add("web", tag, revision=sha(1))
    if time is None:
        with pytest.raises(BuildtoolError, match=f"would not select main-{SHA2}-{NOW}: Flux prefers {tag}") as caught:
            push.plan()
        assert caught.value.kind is POLICY_MISMATCH
        return
    plan = push.plan()
    assert plan.tag.text == f"main-{SHA2}-{time}"
    future = [warning for warning in plan.warnings if "in the future" in warning]
    assert len(future) == (time > NOW + 60)


def test_a_number_of_the_policy_that_is_no_time_is_not_taken_for_one() -> None:
    """The policy sorts by the digits of the commit: what it extracts from our tags is not their time."""
    by_commit = POLICY.replace("[a-f0-9]{{7,40}}", "(?P<n>[0-9]{{7,40}})").replace("$ts", "$n")
    push = MemoryPush(0x9000000, names=["web"], policy=by_commit)
    push.add("web", f"main-8888888-{NOW - 5}", revision="8" * 40)
    plan = push.plan()
    assert plan.tag.text == f"main-9000000-{NOW}"


def test_nothing_is_said_of_the_future_where_nothing_is_written() -> None:
    clock = PatientClock(NOW + 1000)
    push = MemoryPush(clock=clock)
    push.run()
    clock.time = NOW
    assert MemoryPush(registry=push.registry, clock=clock).plan().warnings == []


@given(
    times=st.lists(st.integers(NOW - 10**6, NOW + 10**6), max_size=5),
    now=st.integers(NOW - 10**6, NOW + 10**6),
    branch=st.sampled_from(["main", "master"]),
)
def test_time_only_grows_and_flux_selects_it(times: list[int], now: int, branch: str) -> None:
    """Clocks set back, other branches of the policy, several images: the new tag is on top everywhere."""
    push = MemoryPush(2, clock=PatientClock(now), policy=BOTH_BRANCHES)
    for number, time in enumerate(times):
        push.add(("web", "api")[number % 2], f"{branch}-{SHA1}-{time}", revision=sha(1))
    plan = push.plan()
    assert plan.tag.time >= now
    assert plan.tag.time > max(times, default=0)
    for image in plan.images:
        assert image.policy is not None
        tags = [*push.tags(image.name), str(image.tag)]
        assert select(image.policy, tags).winner == image.tag == image.after


# ---------------------------------------------------------------- --no-deploy


def test_a_run_that_is_not_to_be_deployed_gets_no_tag_that_flux_takes() -> None:
    with pytest.raises(BuildtoolError, match=f"web: ImagePolicy flux-system:web would deploy {FIRST}") as caught:
        MemoryPush(options=PushOptions(deploy=False)).plan()
    assert caught.value.kind is WOULD_DEPLOY
    assert "leave --no-deploy out" in caught.value.fix


def test_a_branch_that_no_policy_takes_is_published_without_touching_what_is_deployed() -> None:
    options = PushOptions(deploy=False, branch="side")
    second = after(MemoryPush(), options=options)
    plan = second.plan()
    assert whys(plan) == dict.fromkeys(("web", "api"), ("nothing is published yet", f"side-{SHA2}-{NOW}"))
    assert {(image.before, image.after, image.deployed) for image in plan.images} == {(FIRST, FIRST, False)}
    second.run()
    again = MemoryPush(2, registry=second.registry, clock=second.clock, options=options).plan()
    assert whys(again) == {"web": ("", None), "api": ("", None)}


# ---------------------------------------------------------------- does it still hold?


def _nothing(push: MemoryPush) -> None:
    assert push.registry.tagged


def _foreign(push: MemoryPush) -> None:
    push.add("web", "latest")


def _candidate(push: MemoryPush) -> None:
    push.add("web", "unproven")
    push.add("api", "buildcache")


def _newer(push: MemoryPush) -> None:
    push.add("web", f"main-{SHA1}-{NOW + 1}", revision=sha(1), inputs="sha256:1", version=f"main-{SHA1}-{NOW + 1}")


def _older(push: MemoryPush) -> None:
    push.add("web", f"main-{SHA1}-{NOW - 9}", revision=sha(1))


def _kept_image_gone(push: MemoryPush) -> None:
    del push.registry.tagged["api"][FIRST]


def _made_already(push: MemoryPush) -> None:
    push.add("web", SECOND, revision=sha(2), inputs="sha256:2", version=SECOND)


@pytest.mark.parametrize(
    ("happens", "holds"),
    [
        (_nothing, True),
        (_foreign, True),
        (_candidate, True),
        (_older, True),
        (_newer, False),
        (_kept_image_gone, False),
        (_made_already, False),
    ],
)
def test_a_plan_holds_as_long_as_it_would_be_made_again(happens: Callable[[MemoryPush], None], holds: bool) -> None:  # noqa: FBT001
    second = after(MemoryPush(), inputs={"web": "sha256:2", "api": "sha256:1"})
    planner = second.planner()
    plan = planner.plan(second.options)
    happens(second)
    second.clock.time += 30
    assert planner.still_holds(plan, second.options) is holds


def test_a_newer_commit_that_appears_is_refused() -> None:
    second = after(MemoryPush())
    planner = second.planner()
    plan = planner.plan(second.options)
    second.add("web", f"main-{sha(3)[:7]}-{NOW + 9}", revision=sha(3))
    with pytest.raises(BuildtoolError) as caught:
        planner.still_holds(plan, second.options)
    assert caught.value.kind is OLDER_COMMIT


def test_a_tag_for_a_published_image_does_not_go_onto_another_one() -> None:
    """Half a pair gets the other's tag on the digest it has; where that image is another by now, the plan is void."""
    push = MemoryPush(1)
    push.run()
    joined = f"main-{SHA1}-{NOW + 5}"
    push.add("web", joined, revision=sha(1), inputs="sha256:1", version=joined)
    planner = push.planner()
    plan = planner.plan(push.options)
    assert whys(plan)["api"] == (f"another image of the commit is {joined}", joined)
    push.add("api", FIRST, revision=sha(1), inputs="sha256:other", version=FIRST)
    push.add("api", f"main-{SHA1}-{NOW - 1}")
    assert not planner.still_holds(plan, push.options)


def test_platforms_are_compared_as_they_are_normally_written() -> None:
    first = MemoryPush(names=["web"], platforms=["linux/arm64"])
    second = after(first, names=["web"], inputs={"web": "sha256:1"})
    web = replace(second.config.images["web"], platforms=(Platform("linux", "aarch64", "v8"),))
    second.config = replace(second.config, images={"web": web})
    assert whys(second.plan()) == {"web": ("", None)}
