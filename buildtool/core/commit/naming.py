"""A checkout -> the facts of its build -> its tag: the one place where the tag of a checkout is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool.core.commit.branch import choose_branch
from buildtool.core.commit.tags import BuildFacts, make_tag

if TYPE_CHECKING:
    from buildtool.core.commit.checkout import Head
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.commit.tags import Tag

_SAMPLE_SHA = "0123456789abcdef0123456789abcdef01234567"
_SAMPLE_TIME = 1_700_000_000


class TagRules(Protocol):
    """How tags are written: digits of the commit, and the branches that are deployed."""

    @property
    def sha_length(self) -> int: ...
    @property
    def branches(self) -> tuple[str, ...]: ...


def build_facts(head: Head, ci: CiFacts, rules: TagRules, *, flag: str | None, time: int) -> BuildFacts:
    """What the tag of this checkout is made of; `flag` is --branch, `time` unix seconds.

    Raises git-other-commit, git-no-branch, git-bad-branch and branch-collision.
    """
    if head.sha is None:
        raise ValueError("a checkout without a commit has no tag")
    branch, source = choose_branch(flag, ci, head, rules.branches)
    return BuildFacts(branch, source, head.sha, time, head.dirty)


def tag_of(facts: BuildFacts, rules: TagRules) -> Tag:
    """The tag; raises git-bad-branch and branch-collision."""
    return make_tag(facts, rules.sha_length, rules.branches)


def sample_tag(branch: str, sha_length: int = 7) -> str:
    """An example tag of a branch, with an invented commit and time: to test a policy with."""
    return make_tag(BuildFacts(branch, "sample", _SAMPLE_SHA, _SAMPLE_TIME), sha_length).text
