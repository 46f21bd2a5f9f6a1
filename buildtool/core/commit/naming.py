"""A checkout -> the facts of its build -> its tag: the one place where the tag of a checkout is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool.core.commit.branch import choose_branch
from buildtool.core.commit.event import request_of
from buildtool.core.commit.release import choose_release
from buildtool.core.commit.tags import BuildFacts, Tag, make_tag

if TYPE_CHECKING:
    from buildtool.core.commit.checkout import Head
    from buildtool.core.commit.ci import CiFacts

_SAMPLE_SHA = "0123456789abcdef0123456789abcdef01234567"
_SAMPLE_TIME = 1_700_000_000


class TagRules(Protocol):
    """How tags are written: digits of the commit, the branches that are deployed, and the form of a release's tag."""

    @property
    def sha_length(self) -> int: ...
    @property
    def branches(self) -> tuple[str, ...]: ...
    @property
    def release(self) -> str: ...


def build_facts(  # the words of the user, one by one
    head: Head, ci: CiFacts, rules: TagRules, *, flag: str | None, time: int, release: bool = False
) -> BuildFacts:
    """What the tag of this checkout is made of; `flag` is --branch, `release` --release, `time` unix seconds.

    Raises git-other-commit, git-no-branch, git-no-version, git-bad-branch, branch-collision, and usage for both flags.
    """
    if head.sha is None:
        raise ValueError("a checkout without a commit has no tag")
    number = request_of(ci, head)
    found = choose_release(flag, ci, head, rules.release, asked=release)
    if found is not None:
        return BuildFacts("", found.source, head.sha, time, head.dirty, found, number)
    branch, source = choose_branch(flag, ci, head, rules.branches)
    return BuildFacts(branch, source, head.sha, time, head.dirty, None, number)


def tag_of(facts: BuildFacts, rules: TagRules) -> Tag:
    """The tag: the version of a release, else the one of the branch. Raises git-bad-branch and branch-collision."""
    if facts.release is not None:
        version = facts.release.version
        text = f"{version}-dirty" if facts.dirty else str(version)
        return Tag(text, "", facts.sha, facts.time, facts.dirty, facts.release.notes, version)
    return make_tag(facts, rules.sha_length, rules.branches)


def sample_tag(branch: str, sha_length: int = 7) -> str:
    """An example tag of a branch, with an invented commit and time: to test a policy with."""
    return make_tag(BuildFacts(branch, "sample", _SAMPLE_SHA, _SAMPLE_TIME), sha_length).text
