"""Which branch a build is of. It is said by someone or it is an error: never guessed from what contains the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.tags import shown
from buildtool.errors import BRANCH_COLLISION, GIT_BAD_BRANCH, GIT_NO_BRANCH, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Collection

    from buildtool.core.commit.ci import CiFacts

FLAG, PULL_REQUEST, EVENT, HEAD = "--branch", "GITHUB_HEAD_REF", "GITHUB_REF_NAME", "HEAD"


def choose_branch(
    flag: str | None, ci: CiFacts, head: str | None, deploy_branches: Collection[str] = ()
) -> tuple[str, str]:
    """The branch and who said it: the flag, else the CI event, else the branch HEAD stands on.

    Raises git-no-branch, git-bad-branch for an empty flag, and branch-collision for a pull request from a fork whose
    branch has the name of a deploy branch: its tag would be deployed unreviewed.
    """
    if flag is not None:
        if not flag:
            raise BuildtoolError(GIT_BAD_BRANCH, "--branch is empty")
        return flag, FLAG
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
    if head is not None:
        return head, HEAD
    about = f', and this run is about the tag "{shown(ci.ref_name)}"' if ci.ref_type == "tag" else ""
    raise BuildtoolError(GIT_NO_BRANCH, f"HEAD is detached{about or ', and no variable of a CI run names a branch'}")
