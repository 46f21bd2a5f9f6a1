"""What runs: by the image of a Deployment, and by what a health URL tells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.status.kubernetes import deployment
from buildtool.core.status.seen import Health, ImageFacts, Workload
from buildtool.core.status.station import Reached, Unseen
from buildtool.core.status.what_runs import running, tag_of, tells
from tests.support import apiserver

TAG = "main-abc1234-1800000000"
NOT_ASKED, NO_ANSWER = Unseen("not asked", looked=False), Unseen("no answer")
DONE = [Workload(deployment(apiserver.deployment("shop/web", f"r/web:{TAG}")))]
LATE = [Workload(deployment(apiserver.deployment("shop/web", f"r/web:{TAG}", fresh=1)))]
GOOD, OLD, ILL = Health("u", "abc1234"), Health("u", "fffffff"), Health("u", "", "it answers 503")


def facts(workloads: list[Workload] | Unseen, health: Health | Unseen) -> ImageFacts:
    """An image of which nothing else was seen."""
    dark = Unseen("not of interest", looked=False)
    return ImageFacts("web", TAG, None, frozenset({"r/web"}), dark, dark, dark, dark, dark, dark, workloads, health)


@pytest.mark.parametrize(
    ("workloads", "health", "state"),
    [
        (DONE, GOOD, Reached.YES),
        (DONE, NOT_ASKED, Reached.YES),
        (NOT_ASKED, GOOD, Reached.YES),
        ([], GOOD, Reached.YES),
        (DONE, NO_ANSWER, Reached.UNKNOWN),
        (NO_ANSWER, GOOD, Reached.UNKNOWN),
        (NOT_ASKED, NOT_ASKED, Reached.UNKNOWN),
        (LATE, GOOD, Reached.NO),
        (LATE, NO_ANSWER, Reached.NO),
        (DONE, OLD, Reached.NO),
        (DONE, ILL, Reached.NO),
    ],
)
def test_both_witnesses_must_agree(workloads: list[Workload] | Unseen, health: Health | Unseen, state: Reached) -> None:
    assert running(facts(workloads, health)).state is state


def test_what_was_not_asked_and_what_did_not_answer_differ() -> None:
    assert not running(facts(NOT_ASKED, NOT_ASKED)).looked
    assert running(facts(NOT_ASKED, NO_ANSWER)).looked


def test_one_of_several_deployments_is_late() -> None:
    assert running(facts([*DONE, *LATE], NOT_ASKED)).state is Reached.NO


def test_nothing_is_published() -> None:
    assert running(replace(facts(DONE, GOOD), target=None)).state is Reached.NO


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        (f"r:5000/web:{TAG}", TAG),
        (f"r:5000/web:{TAG}@sha256:{'a' * 64}", TAG),
        ("r:5000/web", ""),
        (f"r:5000/web2:{TAG}", ""),
        (f"other/web:{TAG}", ""),
        ("", ""),
    ],
)
def test_the_tag_of_an_image(image: str, tag: str) -> None:
    assert tag_of(image, frozenset({"r:5000/web"})) == tag


@pytest.mark.parametrize(
    ("revision", "right"),
    [
        (TAG, True),
        ("abc1234", True),
        ("abc1234" + "0" * 33, True),
        ("abc123", False),
        ("abc1235", False),
        ("dev", False),
        ("", False),
        ("main-abc1234-1800000001", False),
        ("abc1234-dirty", False),
        ("abc1234 or so", False),
        ("ABC1234", False),
    ],
)
def test_what_a_health_url_tells(revision: str, *, right: bool) -> None:
    assert tells(revision, TAG) is right


@pytest.mark.parametrize(
    ("revision", "commit", "right"),
    [("1.2.3", "", True), ("abc1234", "abc1234" + "0" * 33, True), ("abc1235", "abc1234" + "0" * 33, False),
     ("abc1234", "", False), ("1.2.4", "abc1234" + "0" * 33, False)],
)  # fmt: skip
def test_a_version_is_told_by_itself_or_by_its_commit(revision: str, commit: str, *, right: bool) -> None:
    assert tells(revision, "1.2.3", commit) is right


@given(st.text(alphabet="0123456789abcdef", min_size=40, max_size=40), st.integers(7, 40), st.integers(7, 40))
def test_a_commit_may_be_cut_on_either_side(sha: str, mine: int, theirs: int) -> None:
    assert tells(sha[:theirs], f"main-{sha[:mine]}-1800000000")
