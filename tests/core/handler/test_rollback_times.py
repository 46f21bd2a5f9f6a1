"""Rollbacks, told by the tags of a repository alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.handler.rollback_times import is_begun, rollback_times, within


def tag(sha: str, time: int) -> str:
    return f"main-{sha * 7}-{time}"


A, B, C = "a", "b", "c"


def test_a_finished_rollback_is_its_mark_and_the_older_commit_again() -> None:
    tags = [tag(A, 1000), tag(B, 2000), f"rolled-back-{tag(B, 2000)}", tag(A, 3000)]
    assert rollback_times(tags) == [3000]
    assert not is_begun(tag(B, 2000), tags)


def test_a_mark_alone_is_a_rollback_that_was_stopped() -> None:
    tags = [tag(A, 1000), tag(B, 2000), f"rolled-back-{tag(B, 2000)}"]
    assert rollback_times(tags) == []
    assert is_begun(tag(B, 2000), tags)
    assert not is_begun(tag(A, 1000), tags)


def test_a_new_commit_after_the_mark_finishes_nothing() -> None:
    tags = [tag(A, 1000), tag(B, 2000), f"rolled-back-{tag(B, 2000)}", tag(C, 3000)]
    assert rollback_times(tags) == []


def test_a_mark_that_is_over_still_counts() -> None:
    """Back to A, then forward to B by hand."""
    tags = [tag(A, 1000), tag(B, 2000), f"rolled-back-{tag(B, 2000)}", tag(A, 3000), tag(B, 4000)]
    assert rollback_times(tags) == [3000]


def test_an_image_that_is_built_again_without_a_mark_is_no_rollback() -> None:
    assert rollback_times([tag(A, 1000), tag(B, 2000), tag(A, 3000)]) == []


def test_tags_of_others_are_nothing() -> None:
    assert rollback_times(["latest", "rolled-back-latest", "v1.2.3", "rolled-back-"]) == []
    assert not is_begun("latest", ["latest", "rolled-back-latest"])


def test_the_last_seconds() -> None:
    assert within([100, 200, 300], 300, 100) == [300]
    assert within([100, 200, 300], 250, 60) == [200, 300]


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=8, unique=True))
def test_each_rollback_of_a_history_is_counted_once(shas: list[str]) -> None:
    """Each commit after the first is deployed, and rolled back to the first."""
    tags, times = [tag(shas[0], 1000)], []
    for number, sha in enumerate(shas[1:]):
        bad, back = tag(sha, 2000 + 1000 * number), tag(shas[0], 2500 + 1000 * number)
        tags += [bad, f"rolled-back-{bad}", back]
        times.append(2500 + 1000 * number)
    assert rollback_times(tags) == times
