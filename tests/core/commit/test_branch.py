from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.commit.branch import choose_branch
from buildtool.core.commit.ci import CiFacts
from buildtool.errors import BRANCH_COLLISION, GIT_BAD_BRANCH, GIT_NO_BRANCH, BuildtoolError

if TYPE_CHECKING:
    from buildtool.errors import Kind

PUSH = CiFacts(ref_name="main", ref_type="branch")
PULL = CiFacts(head_ref="patch-1", ref_name="12/merge", ref_type="branch")
TAGGED = CiFacts(ref_name="v1.0", ref_type="tag")
NOTHING = CiFacts()


@pytest.mark.parametrize(
    ("flag", "ci", "head", "expected"),
    [
        ("x", PULL, "y", ("x", "--branch")),
        (None, PULL, "y", ("patch-1", "GITHUB_HEAD_REF")),
        (None, PUSH, None, ("main", "GITHUB_REF_NAME")),
        (None, PUSH, "other", ("main", "GITHUB_REF_NAME")),
        (None, TAGGED, "y", ("y", "HEAD")),
        (None, NOTHING, "HEAD", ("HEAD", "HEAD")),
    ],
)
def test_who_is_believed(flag: str | None, ci: CiFacts, head: str | None, expected: tuple[str, str]) -> None:
    assert choose_branch(flag, ci, head) == expected


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
        choose_branch(flag, ci, None, ("main", "master"))
    assert caught.value.kind is kind
    assert words in caught.value.message


@pytest.mark.parametrize("from_fork", [None, False])
def test_a_pull_request_of_a_deploy_branch_of_our_own_is_fine(from_fork: bool | None) -> None:  # noqa: FBT001
    ci = CiFacts(head_ref="main", from_fork=from_fork)
    assert choose_branch(None, ci, None, ("main",)) == ("main", "GITHUB_HEAD_REF")
