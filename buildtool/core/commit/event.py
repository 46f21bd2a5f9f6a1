"""The CI event that HEAD is the commit of: its branch, tag and pull request hold for that commit alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.ci_systems import GITHUB
from buildtool.core.commit.tags import shown
from buildtool.errors import GIT_NO_BRANCH, GIT_OTHER_COMMIT, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.commit.checkout import Head
    from buildtool.core.commit.ci_systems import CiFacts

_SHORT = 12  # digits of a commit in a message
_BELIEVED_WITHOUT = {"", GITHUB}  # their runners always name the commit; a user who sets the branch alone is believed


def event_facts(ci: CiFacts, head: Head) -> CiFacts:
    """The facts of the one event that is about HEAD, of those of all systems whose variables are set.

    Raises git-other-commit where HEAD is not the event's commit, and git-no-branch where two systems say different
    things about one commit, or a system that is not GitHub names a branch or tag and no commit.
    """
    if head.sha is None:
        return ci
    every = (ci, *ci.others)
    about_head = [one for one in every if head.sha in _commits(one).values()]
    if about_head:
        _require_one_word([one for one in about_head if one.branch or one.tag])
        return next((one for one in about_head if one.branch or one.tag), about_head[0])
    other = next((one for one in every if _commits(one)), None)
    if other is not None:
        named = " or ".join(f"{shown(sha[:_SHORT])} ({source})" for source, sha in _commits(other).items())
        raise _other_commit(other, head, f"the event's commit is {named}")
    _require_known_commit(ci, head)
    return ci


def request_of(ci: CiFacts, head: Head) -> str:
    """The number of the pull or merge request whose event is about HEAD; "" where there is none, or it is not known."""
    for one in (ci, *ci.others):
        if one.number and head.sha is not None and head.sha in _commits(one).values():
            return one.number
    return ""


def _require_known_commit(ci: CiFacts, head: Head) -> None:
    """Refuse what a variable says of a commit that no variable names."""
    if ci.system not in _BELIEVED_WITHOUT and (ci.branch or ci.tag):
        if head.branch is not None and head.branch == ci.branch:
            return
        said = _word(ci)
        raise BuildtoolError(
            GIT_NO_BRANCH,
            f"{said}, and {ci.commit_variable}, which would name the commit, is not set: it is not believed",
        )
    if ci.branch and head.branch not in {None, ci.branch}:
        raise _other_commit(
            ci, head, f'it is on "{shown(str(head.branch))}", and no variable names the event\'s commit'
        )


def _require_one_word(said: Sequence[CiFacts]) -> None:
    if len({(one.branch, one.tag) for one in said}) > 1:
        words = "; ".join(map(_word, said))
        raise BuildtoolError(GIT_NO_BRANCH, f"two CI systems' variables contradict each other: {words}")


def _word(ci: CiFacts) -> str:
    if ci.head_ref:
        return f'{ci.head_ref_variable} says the branch "{shown(ci.head_ref)}"'
    return f'{ci.ref_variable} says the {"tag" if ci.tag else "branch"} "{shown(ci.ref_name)}"'


def _commits(ci: CiFacts) -> dict[str, str]:
    """The commits that the event's branch may be checked out at, by who names them.

    A pull request is built at the merge that the forge makes of it or at its own last commit. For
    `pull_request_target` GITHUB_SHA is the commit of the branch that the pull request asks to change.
    """
    own = "pull_request.head.sha of the event" if ci.system in _BELIEVED_WITHOUT else "the request's own last commit"
    commits = {ci.commit_variable: ci.commit, own: ci.head_commit}
    known = {source: commit for source, commit in commits.items() if commit}
    if ci.event == "pull_request_target" and ci.head_commit:
        known.pop(ci.commit_variable, None)
    return known


def _other_commit(ci: CiFacts, head: Head, reason: str) -> BuildtoolError:
    name = shown(ci.branch)
    whose = f'the code here may not be that of "{name}"' if ci.branch else "the code here is not the event's"
    name = shown(head.branch) if head.branch else "NAME"
    checkout = " (actions/checkout without ref:)" if ci.system in _BELIEVED_WITHOUT else ""
    return BuildtoolError(
        GIT_OTHER_COMMIT,
        f"HEAD is {str(head.sha)[:_SHORT]}, {reason}: {whose}",
        fix=f"check out the event's commit{checkout}, or name the branch: --branch {name}",
    )
