"""Tags that the pattern takes and should not: longer tags, dirty builds, builds of other branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag, sanitise
from buildtool.core.flux.policy.lints.sample import openings
from buildtool.core.flux.policy.lints.subject import SHA, TIME
from buildtool.core.flux.policy.lints.values import not_numeric
from buildtool.core.flux.policy.regex.shape import anchored as anchors
from buildtool.core.flux.policy.regex.shape import ends_in_anything
from buildtool.errors.rules_policies import NOT_ANCHORED, TAKES_DIRTY, TAKES_OTHER_BRANCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.policy.lints.subject import Facts
    from buildtool.errors.findings import Finding

_USUAL = ("main", "master", "develop", "production", "staging")
_UNNAMED_BRANCHES = ("feature-x", "zz-nobody")  # no pattern names them


def anchored(facts: Facts) -> Iterator[Finding]:
    """policy-not-anchored: Flux searches the pattern anywhere in the tag."""
    if facts.filter is None:
        return
    begins, ends = anchors(facts.filter.tree)
    if ends_in_anything(facts.filter.tree) and next(not_numeric(facts), None) is not None:
        ends = True  # one cause: a `.*` at the end, which is no number
    missing = [word for word, there in (("^", begins), ("$", ends)) if not there]
    if missing:
        yield facts.finding(
            NOT_ANCHORED,
            f"the pattern {facts.filter.tree.pattern!r} has no {' and no '.join(missing)} that every match must pass",
        )


def dirty(facts: Facts) -> Iterator[Finding]:
    """policy-takes-dirty: a build with uncommitted changes would be deployed."""
    tag = _dirty_tag(facts)
    if tag and not _other_tag(facts):
        yield facts.finding(
            TAKES_DIRTY,
            f"the pattern takes {tag!r}, a build with uncommitted changes",
        )


def other_branch(facts: Facts) -> Iterator[Finding]:
    """policy-takes-other-branch: the newest build of a branch that nobody meant would be deployed."""
    tag, dirty_tag = _other_tag(facts), _dirty_tag(facts)
    if tag:
        parsed = parse_tag(tag)
        also = f", and {dirty_tag!r}, one with uncommitted changes" if dirty_tag else ""
        yield facts.finding(
            TAKES_OTHER_BRANCH,
            f"the pattern takes {tag!r}, a build of branch {(parsed.branch if parsed else tag)!r}{also}",
        )


def _dirty_tag(facts: Facts) -> str:
    """A tag of a build with uncommitted changes that the pattern takes, or nothing."""
    forms = (f"{branch}-{SHA}-dirty-{TIME}" for branch in _own_branches(facts))
    return next((tag for tag in forms if facts.takes_whole(tag)), "")


def _other_tag(facts: Facts) -> str:
    """A tag of a branch that the pattern does not spell out and yet takes, or nothing."""
    own = _own_branches(facts)
    names = [*_UNNAMED_BRANCHES, *(name for one in own for name in _relatives(one) if name not in own)]
    return next((tag for name in names if facts.takes_whole(tag := f"{name}-{SHA}-{TIME}")), "")


def _own_branches(facts: Facts) -> list[str]:
    """Branches whose builds the pattern takes: the known ones, the usual ones, and those it spells out itself."""
    if facts.filter is None:
        return []
    spelled = [
        parsed.branch for tag, _ in facts.examples if (parsed := parse_tag(tag)) is not None and not parsed.dirty
    ]
    known = [sanitise(branch) for branch in facts.branches if branch]
    begun = [opening.rstrip("-._") for opening in openings(facts.filter.tree)]
    names = dict.fromkeys(name for name in [*known, *_USUAL, *spelled, *begun] if name)
    return [name for name in names if facts.takes_whole(f"{name}-{SHA}-{TIME}")]


def _relatives(branch: str) -> Iterator[str]:
    """Names that a careless pattern for `branch` lets in as well."""
    yield f"{branch}-2024"
    yield f"{branch}-1234567"
    yield f"{branch}-x"
    yield f"x-{branch}"
    yield f"{branch}x"
    yield f"x{branch}"
    yield branch.upper() if branch.islower() else branch.lower()
