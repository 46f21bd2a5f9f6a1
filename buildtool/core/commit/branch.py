"""The branch of a build: from --branch, the CI event or HEAD; an error where none of them names it, never a guess.

A CI event names a branch and a commit. The branch holds for that commit alone: where another one is checked out, the
branch of what is built is not known, and only `--branch` can say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.event import event_facts
from buildtool.core.commit.tags import shown
from buildtool.errors import BRANCH_COLLISION, GIT_BAD_BRANCH, GIT_NO_BRANCH, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Collection

    from buildtool.core.commit.checkout import Head
    from buildtool.core.commit.ci import CiFacts

FLAG, HEAD = "--branch", "HEAD"
_FORKS_UNTOLD = {"Woodpecker", "GitLab"}  # they may leave out whether a request is from a fork


def choose_branch(flag: str | None, ci: CiFacts, head: Head, deploy_branches: Collection[str] = ()) -> tuple[str, str]:
    """The branch and who said it: the flag, else the CI event, else the branch HEAD stands on.

    Raises git-other-commit where HEAD is not the event's commit, git-no-branch, git-bad-branch for an empty flag, and
    branch-collision for a pull request from a fork whose branch has the name of a deploy branch: its tag would be
    deployed unreviewed.
    """
    if flag is not None:
        if not flag:
            raise BuildtoolError(GIT_BAD_BRANCH, "--branch is empty")
        return flag, FLAG
    ci = event_facts(ci, head)
    if ci.head_ref:
        _require_own(ci, deploy_branches)
        return ci.head_ref, ci.head_ref_variable
    if ci.branch:
        return ci.branch, ci.ref_variable
    if head.branch is not None:
        return head.branch, HEAD
    raise BuildtoolError(GIT_NO_BRANCH, f"HEAD is detached{_about(ci)}")


def _require_own(ci: CiFacts, deploy_branches: Collection[str]) -> None:
    """Refuse a fork's branch of a deploy branch's name; also where the system does not tell whose it is."""
    fork = ci.from_fork or (ci.from_fork is None and ci.system in _FORKS_UNTOLD)
    if fork and ci.head_ref in deploy_branches:
        whose = "is from a fork whose" if ci.from_fork else "may be from a fork, and its"
        raise BuildtoolError(
            BRANCH_COLLISION,
            f'this pull request {whose} branch is called "{shown(ci.head_ref)}" like a deploy branch',
            fix="build it under a name of its own: --branch pr-NUMBER",
        )


def _about(ci: CiFacts) -> str:
    if ci.tag:
        return f', and this run is about the tag "{shown(ci.tag)}", which is no version to be released'
    return ", and no variable of a CI run names a branch"
