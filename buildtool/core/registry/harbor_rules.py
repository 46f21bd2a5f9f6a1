"""Harbor's immutability and retention rules as values, and which tags they match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.registry.doublestar import PatternError, match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NEVER = -62_135_596_800
"""Harbor's value of a time that is not set (0001-01-01), in unix seconds."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Names that match the pattern, or (inverted) all others. An empty pattern matches everything.

    `untagged` says whether an artifact without tags counts as taken by the pattern; None selects it, as Harbor does.
    """

    pattern: str = "**"
    excludes: bool = False
    untagged: bool | None = None

    def takes(self, name: str) -> bool:
        """Raises PatternError for a pattern that is malformed."""
        return (not self.pattern or match(self.pattern, name)) is not self.excludes

    def takes_any(self, tags: Sequence[str]) -> bool:
        """Whether it selects an artifact with these tags: one that it takes is enough."""
        if tags:
            return any(self.takes(tag) for tag in tags)
        return self.untagged is None or self.untagged is not self.excludes


EVERYTHING = (Selector(),)


@dataclass(frozen=True, slots=True)
class TagRule:
    """One immutability or retention rule: all its selectors must agree; without one for tags it takes nothing.

    `template` is Harbor's name; `amount` its count or days, None where Harbor's own default counts.
    """

    template: str
    tags: tuple[Selector, ...] = EVERYTHING
    repositories: tuple[Selector, ...] = EVERYTHING
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """One digest with all its tags. `pushed` and `pulled` are unix seconds: the newest of its own and its tags' times.

    `immutable`: Harbor says of one of its tags that a rule keeps it.
    """

    digest: str
    tags: tuple[str, ...]
    pushed: int = NEVER
    pulled: int = NEVER
    immutable: bool = False


def is_immutable(rules: Iterable[TagRule], repository: str, tag: str) -> bool:
    """Whether a rule forbids to move and to delete this tag. `repository` is the name below the project.

    Of several selectors Harbor uses the first; a rule that lacks one, or whose pattern is malformed, takes nothing.
    """
    return any(_forbids(rule, repository, tag) for rule in rules)


def _forbids(rule: TagRule, repository: str, tag: str) -> bool:
    try:
        return all(
            selectors and selectors[0].takes(name)
            for selectors, name in ((rule.repositories, repository), (rule.tags, tag))
        )
    except PatternError:
        return False
