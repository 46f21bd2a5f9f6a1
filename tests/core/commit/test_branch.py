from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.commit.branch import choose_branch
from buildtool.core.commit.checkout import Head
from buildtool.core.commit.ci import CiFacts
from buildtool.errors import BRANCH_COLLISION, GIT_BAD_BRANCH, GIT_NO_BRANCH, GIT_OTHER_COMMIT, BuildtoolError

if TYPE_CHECKING:
    from buildtool.errors import Kind

SHA, OTHER = "a" * 40, "b" * 40
PUSH = CiFacts(ref_name="main", ref_type="branch")
PULL = CiFacts(head_ref="patch-1", ref_name="12/merge", ref_type="branch")
TAGGED = CiFacts(ref_name="v1.0", ref_type="tag")
NOTHING = CiFacts()


@pytest.mark.parametrize(
    ("flag", "ci", "head", "expected"),
    [
        ("x", PULL, "y", ("x", "--branch")),
        (None, PULL, "patch-1", ("patch-1", "GITHUB_HEAD_REF")),
        (None, PUSH, None, ("main", "GITHUB_REF_NAME")),
        (None, PUSH, "main", ("main", "GITHUB_REF_NAME")),
        (None, CiFacts(ref_name="main", ref_type="branch", commit=SHA), "other", ("main", "GITHUB_REF_NAME")),
        (None, TAGGED, "y", ("y", "HEAD")),
        (None, NOTHING, "HEAD", ("HEAD", "HEAD")),
    ],
)
def test_who_is_believed(flag: str | None, ci: CiFacts, head: str | None, expected: tuple[str, str]) -> None:
    assert choose_branch(flag, ci, Head(SHA, head)) == expected


@pytest.mark.parametrize(
    ("flag", "ci", "kind", "words"),
    [
        (None, NOTHING, GIT_NO_BRANCH, "HEAD is detached, and no variable of a CI run names a branch"),
        (None, TAGGED, GIT_NO_BRANCH, 'HEAD is detached, and this run is about the tag "v1.0"'),
        ("", PUSH, GIT_BAD_BRANCH, "--branch is empty"),
        (None, CiFacts(head_ref="main", from_fork=True), BRANCH_COLLISION, 'a fork whose branch is called "main"'),
    ],
)
def test_what_is_refused(flag: str | None, ci: CiFacts, kind: Kind, words: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        choose_branch(flag, ci, Head(SHA, None), ("main", "master"))
    assert caught.value.kind is kind
    assert words in caught.value.message


@pytest.mark.parametrize("from_fork", [None, False])
def test_a_pull_request_of_a_deploy_branch_of_our_own_is_fine(from_fork: bool | None) -> None:  # noqa: FBT001
    ci = CiFacts(head_ref="main", from_fork=from_fork)
    assert choose_branch(None, ci, Head(SHA, None), ("main",)) == ("main", "GITHUB_HEAD_REF")


EVENTS = [
    CiFacts(event="push", ref_name="master", ref_type="branch", commit=OTHER, commit_variable="GITHUB_SHA"),
    CiFacts(event="push", ref_name="v1", ref_type="tag", commit=OTHER, commit_variable="GITHUB_SHA"),
    CiFacts(event="pull_request", head_ref="x", commit=OTHER, head_commit="c" * 40, commit_variable="GITHUB_SHA"),
    CiFacts(event="pull_request_target", head_ref="x", commit=SHA, head_commit=OTHER, commit_variable="GITHUB_SHA"),
    CiFacts(commit=OTHER, commit_variable="CI_COMMIT_SHA"),
    CiFacts(event="push", ref_name="master", ref_type="branch"),
]


@pytest.mark.parametrize("ci", EVENTS, ids=str)
@pytest.mark.parametrize("branch", ["feature/x", "master"])
def test_another_commit_than_the_events_has_not_the_events_branch(ci: CiFacts, branch: str) -> None:
    head = Head(SHA, branch)
    if not ci.commit and branch == ci.ref_name:
        assert choose_branch(None, ci, head) == ("master", "GITHUB_REF_NAME"), "nothing says otherwise"
        return
    with pytest.raises(BuildtoolError) as caught:
        choose_branch(None, ci, head)
    assert caught.value.kind is GIT_OTHER_COMMIT
    assert SHA[:12] in caught.value.message
    assert (OTHER[:12] in caught.value.message) == bool(ci.commit)
    assert caught.value.fix.endswith(f"--branch {branch}")
    assert choose_branch("mine", ci, head) == ("mine", "--branch")


@pytest.mark.parametrize("sha", [SHA, OTHER])
def test_a_pull_request_is_its_merge_or_its_own_last_commit(sha: str) -> None:
    ci = CiFacts(event="pull_request", head_ref="x", ref_name="1/merge", commit=SHA, head_commit=OTHER)
    assert choose_branch(None, ci, Head(sha, None)) == ("x", "GITHUB_HEAD_REF")


def test_a_repository_without_a_commit_is_not_compared() -> None:
    assert choose_branch(None, EVENTS[0], Head(None, "master")) == ("master", "GITHUB_REF_NAME")


def test_a_detached_head_is_told_to_name_its_branch() -> None:
    with pytest.raises(BuildtoolError) as caught:
        choose_branch(None, EVENTS[0], Head(SHA, None))
    assert caught.value.fix.endswith("--branch NAME")
    assert caught.value.message == (
        f"HEAD is {SHA[:12]}, the event's commit is {OTHER[:12]} (GITHUB_SHA): "
        'the code here may not be that of "master"'
    )
