"""The branch of a build: from --branch, the CI event or HEAD; an error where none of them names it, never a guess.

A CI event names a branch and a commit. The branch holds for that commit alone: where another one is checked out, the
branch of what is built is not known, and only `--branch` can say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.tags import shown
from buildtool.errors import BRANCH_COLLISION, GIT_BAD_BRANCH, GIT_NO_BRANCH, GIT_OTHER_COMMIT, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Collection

    from buildtool.core.commit.checkout import Head
    from buildtool.core.commit.ci import CiFacts

FLAG, PULL_REQUEST, EVENT, HEAD = "--branch", "GITHUB_HEAD_REF", "GITHUB_REF_NAME", "HEAD"
_SHORT = 12  # digits of a commit in a message


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
    _require_commit_of_event(ci, head)
    if ci.head_ref:
        if ci.from_fork and ci.head_ref in deploy_branches:
            raise BuildtoolError(
                BRANCH_COLLISION,
                f'this pull request is from a fork whose branch is called "{shown(ci.head_ref)}" like a deploy branch',
                fix="build it under a name of its own: --branch pr-NUMBER",
            )
        return ci.head_ref, PULL_REQUEST
    if ci.ref_type == "branch" and ci.ref_name:
        return ci.ref_name, EVENT
    if head.branch is not None:
        return head.branch, HEAD
    about = f', and this run is about the tag "{shown(ci.ref_name)}"' if ci.ref_type == "tag" else ""
    raise BuildtoolError(GIT_NO_BRANCH, f"HEAD is detached{about or ', and no variable of a CI run names a branch'}")


def _require_commit_of_event(ci: CiFacts, head: Head) -> None:
    """Refuse a checkout of which the event's branch says nothing."""
    if head.sha is None:
        return
    commits = _commits(ci)
    if commits:
        if head.sha not in commits.values():
            named = " or ".join(f"{shown(sha[:_SHORT])} ({source})" for source, sha in commits.items())
            raise _other_commit(ci, head, f"the event's commit is {named}")
    elif _event_branch(ci) and head.branch not in {None, _event_branch(ci)}:
        raise _other_commit(
            ci, head, f'it is on "{shown(str(head.branch))}", and no variable names the event\'s commit'
        )


def _commits(ci: CiFacts) -> dict[str, str]:
    """The commits that the event's branch may be checked out at, by who names them.

    A pull request is built at the merge that GitHub makes of it (GITHUB_SHA) or at its own last commit. For
    `pull_request_target` GITHUB_SHA is the commit of the branch that the pull request asks to change.
    """
    commits = {ci.commit_variable: ci.commit, "pull_request.head.sha of the event": ci.head_commit}
    known = {source: commit for source, commit in commits.items() if commit}
    if ci.event == "pull_request_target" and ci.head_commit:
        known.pop(ci.commit_variable, None)
    return known


def _event_branch(ci: CiFacts) -> str:
    return ci.head_ref or (ci.ref_name if ci.ref_type == "branch" else "")


def _other_commit(ci: CiFacts, head: Head, reason: str) -> BuildtoolError:
    branch = _event_branch(ci)
    whose = f'the code here may not be that of "{shown(branch)}"' if branch else "the code here is not the event's"
    name = shown(head.branch) if head.branch else "NAME"
    return BuildtoolError(
        GIT_OTHER_COMMIT,
        f"HEAD is {str(head.sha)[:_SHORT]}, {reason}: {whose}",
        fix=f"check out the event's commit (actions/checkout without ref:), or name the branch: --branch {name}",
    )
