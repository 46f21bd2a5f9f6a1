"""Commit, published, selected: each answer of git, the registry, the policy and the cluster, with its cause and fix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.marks import mark_for
from buildtool.core.flux.policy import Choice, FilterTags, ImagePolicy
from buildtool.core.status.kubernetes import Condition, FluxObject
from buildtool.core.status.seen import BranchHead, ImageFacts, ImageObjects, ReadBack, RepositoryTags
from buildtool.core.status.station import Name, Reached, Unseen
from buildtool.core.status.upstream import commit, published, selected

if TYPE_CHECKING:
    from buildtool.core.status.station import Station

OLD, TAG, NEW = (f"main-abc123{number}-180000000{number}" for number in range(3))
NOT_ASKED = Unseen("not asked", looked=False)
NO_ANSWER = Unseen("the registry does not answer", fix="try again")
PATTERN = r"^main-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$"
GOOD = Condition("True", "Succeeded", "", 1800000009)
SCANS = FluxObject("ImageRepository", "flux-system/web", suspended=False, ready=GOOD)
WORKS = FluxObject("ImagePolicy", "flux-system/web", suspended=False, ready=GOOD)


def policy(order: str = "asc", pattern: str = PATTERN) -> ImagePolicy:
    return ImagePolicy(
        filter=FilterTags(pattern, "$ts"), choice=Choice(numerical=order), namespace="flux-system", name="web"
    )


def facts(*tags: str, target: str | None = TAG) -> ImageFacts:
    """An image whose tags are these; the cluster was not asked."""
    seen = RepositoryTags(tags, tags)
    head = BranchHead("main", "abc1231" + "0" * 33, 1800000001, "Change the colours")
    good = ReadBack("sha256:" + "1" * 64, "linux/arm64")
    names = frozenset({"r/web"})
    return ImageFacts("web", target, policy(), names, head, seen, good, *[NOT_ASKED] * 5)


def assert_not(station: Station, name: Name, *words: str, fix: str) -> None:
    """A station that is known not to be reached says why, and what to do; its time is not known."""
    assert (station.name, station.state, station.time) == (name, Reached.NO, None)
    assert [word for word in words if word not in station.cause] == []
    assert station.fix == fix


def test_the_commit_is_the_head_of_the_branch() -> None:
    found = commit(facts(TAG))
    assert (found.state, found.time) == (Reached.YES, 1800000001)
    assert found.evidence == 'main is at abc123100000 "Change the colours"'


def test_a_branch_that_was_not_seen() -> None:
    found = commit(replace(facts(TAG), head=Unseen("no remote", fix="git remote add origin URL")))
    assert (found.state, found.cause, found.fix) == (Reached.UNKNOWN, "no remote", "git remote add origin URL")


def test_an_image_that_is_there() -> None:
    found = published(facts(OLD, TAG))
    assert (found.state, found.time) == (Reached.YES, 1800000001)
    assert found.evidence == "sha256:111111111111, linux/arm64, commit as the tag says"


def versions(*tags: str, target: str | None) -> ImageFacts:
    """The same for an image whose policy orders by version."""
    by_version = ImagePolicy(choice=Choice(semver=">=1.0.0"), namespace="flux-system", name="web")
    back = ReadBack("sha256:" + "1" * 64, "linux/arm64", revision="abc1234" + "0" * 33)
    return replace(facts(*tags, target=target), policy=by_version, read_back=back)


def test_a_version_that_is_there() -> None:
    found = published(versions("1.2.3", target="1.2.3"))
    assert (found.state, found.time) == (Reached.YES, None)
    assert found.evidence == "sha256:111111111111, linux/arm64, commit abc123400000"
    assert selected(replace(versions("1.2.3", target="1.2.3"))).state is not Reached.NO


def test_no_version_and_a_lower_one() -> None:
    none = published(versions("main-abc1234-1800000000", target=None))
    fix = "release one: git tag v1.2.3 && buildtool push --release"
    assert_not(none, Name.PUBLISHED, "the registry holds no version that the policy takes", fix=fix)
    lower = selected(versions("1.2.3", "1.3.0", target="1.2.3"))
    words = "ImagePolicy flux-system:web selects 1.3.0: the tag is a lower version"
    assert_not(lower, Name.SELECTED, words, fix="buildtool policy explain web")


def test_no_tag_of_the_branch() -> None:
    assert_not(published(facts(target=None)), Name.PUBLISHED, "no tag of the deploy branch", fix="buildtool push")


def test_a_tag_that_is_gone() -> None:
    assert_not(published(facts(OLD)), Name.PUBLISHED, TAG, "not in the registry", fix="buildtool push")


def test_an_image_that_is_another() -> None:
    wrong = replace(facts(TAG), read_back=ReadBack("sha256:1", "", "it says commit fff"))
    assert_not(published(wrong), Name.PUBLISHED, "it says commit fff", fix="buildtool verify web")


@pytest.mark.parametrize("judge", [published, selected])
def test_a_registry_that_does_not_answer(judge: object) -> None:
    found = judge(replace(facts(TAG), tags=NO_ANSWER))  # type: ignore[operator]
    assert (found.state, found.cause, found.fix, found.looked) == (Reached.UNKNOWN, NO_ANSWER.reason, "try again", True)


def test_an_image_that_could_not_be_read_back() -> None:
    found = published(replace(facts(TAG), read_back=NO_ANSWER))
    assert (found.state, found.cause) == (Reached.UNKNOWN, NO_ANSWER.reason)


def test_the_policy_selects_it_from_the_live_tags() -> None:
    found = selected(facts(OLD, TAG, "latest"))
    assert found.state is Reached.YES
    assert found.evidence == "ImagePolicy flux-system:web selects it from the live tags; whether Flux has: not asked"


def test_no_policy_is_unknown_and_nobody_is_asked() -> None:
    found = selected(replace(facts(TAG), policy=None))
    assert (found.state, found.looked) == (Reached.UNKNOWN, False)


def test_nothing_to_select() -> None:
    assert_not(selected(facts(target=None)), Name.SELECTED, "no tag is published", fix="buildtool push")


EXPLAIN = "buildtool policy explain web"


@pytest.mark.parametrize(
    ("tags", "visible", "words"),
    [
        ([OLD, TAG], [OLD], [f"{TAG} is not among the tags that Flux sees", "exclusionList"]),
        ([OLD, TAG, mark_for(TAG)], None, [f"{TAG} was rolled back", mark_for(TAG)]),
        ([TAG, NEW], None, [f"selects {NEW}", "not newer"]),
    ],
)
def test_why_it_is_not_selected(tags: list[str], visible: list[str] | None, words: list[str]) -> None:
    some = replace(facts(), tags=RepositoryTags(tags, tags if visible is None else visible))
    assert_not(selected(some), Name.SELECTED, *words, fix=EXPLAIN)


def test_a_policy_that_does_not_take_the_tag() -> None:
    other = "side-abc1231-1800000001"
    found = selected(facts(OLD, other, target=other))
    assert_not(found, Name.SELECTED, f"does not take the tag {other}", "'side'", fix=EXPLAIN)


def test_a_policy_whose_evaluation_fails() -> None:
    broken = policy(pattern=r"^main-[a-f0-9]{7}-(?P<ts>.*)$")
    found = selected(replace(facts(TAG, "main-abc1234-latest"), policy=broken))
    assert_not(found, Name.SELECTED, "flux-system:web fails", fix=EXPLAIN)


def test_order_desc_selects_the_oldest() -> None:
    smallest = policy("desc")
    assert selected(replace(facts(TAG, NEW), policy=smallest)).state is Reached.YES
    assert_not(selected(replace(facts(OLD, TAG), policy=smallest)), Name.SELECTED, f"selects {OLD}", fix=EXPLAIN)


def in_cluster(latest: str, repository: FluxObject | Unseen = SCANS, mine: FluxObject = WORKS) -> Station:
    return selected(replace(facts(OLD, TAG), flux=ImageObjects(repository, mine, latest, [])))


def test_flux_has_selected_it() -> None:
    found = in_cluster(TAG)
    assert (found.state, found.time) == (Reached.YES, 1800000009)
    assert found.evidence == "Flux's ImagePolicy flux-system:web has selected it"


def test_a_policy_without_a_condition_has_no_time() -> None:
    found = in_cluster(TAG, mine=replace(WORKS, ready=None))
    assert (found.state, found.time) == (Reached.YES, None)


STALE = Condition("False", "AuthenticationFailed", "401", None)
RECONCILE = "flux reconcile image repository web -n flux-system"


@pytest.mark.parametrize(
    ("latest", "repository", "mine", "words", "fix"),
    [
        (OLD, SCANS, WORKS, [f"has selected {OLD} so far", "at its next scan"], RECONCILE),
        ("", SCANS, WORKS, ["has selected nothing so far"], RECONCILE),
        (
            OLD,
            replace(SCANS, suspended=True),
            WORKS,
            ["ImageRepository flux-system/web is suspended"],
            "flux resume image repository web -n flux-system",
        ),
        (OLD, replace(SCANS, ready=STALE), WORKS, ["is not ready: AuthenticationFailed: 401"], RECONCILE),
        (OLD, SCANS, replace(WORKS, ready=STALE), ["ImagePolicy flux-system/web is not ready"], RECONCILE),
        (OLD, Unseen("forbidden", fix="ask"), WORKS, ["whether it scans: forbidden"], "ask"),
    ],
)
def test_flux_has_not_selected_it(
    latest: str, repository: FluxObject | Unseen, mine: FluxObject, words: list[str], fix: str
) -> None:
    assert_not(in_cluster(latest, repository, mine), Name.SELECTED, *words, fix=fix)


NUMBERS = st.lists(st.integers(1_000_000_000, 9_999_999_999), min_size=1, max_size=6, unique=True)


@given(NUMBERS, st.randoms())
def test_the_newest_tag_is_selected_in_whatever_order_the_registry_lists_them(times: list[int], chance: object) -> None:
    tags = [f"main-abc1234-{time}" for time in times]
    chance.shuffle(tags)  # type: ignore[attr-defined]
    newest = f"main-abc1234-{max(times)}"
    reached = {tag for tag in tags if selected(facts(*tags, target=tag)).state is Reached.YES}
    assert reached == {newest}
