"""The input of the lints: the compiled parts of a policy, and tags that its pattern takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.evaluate import filter_for, order_for
from buildtool.core.flux.policy.failure import PolicyFailure
from buildtool.core.flux.policy.filter import TagFilter
from buildtool.core.flux.policy.image_policy import well_formed
from buildtool.core.flux.policy.lints.sample import samples
from buildtool.core.flux.policy.regex import ast
from buildtool.core.flux.policy.version import parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.core.flux.policy.failure import PolicyError
    from buildtool.core.flux.policy.image_policy import ImagePolicy
    from buildtool.errors.findings import Finding, Severity
    from buildtool.errors.pages import Rule

SHA = "abc1234"
TIME = "1700000000"


@dataclass(frozen=True)
class Facts:
    """`errors` are those of the policy and of the pattern; `filter` is None where there is none that works."""

    policy: ImagePolicy
    filter: TagFilter | None
    errors: tuple[PolicyError, ...]
    branches: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The order that counts: semver, alphabetical, numerical, or empty."""
        return next(iter(self.policy.choice.kinds), "")

    @cached_property
    def _whole(self) -> TagFilter | None:
        """The filter as it would be with both anchors, whose absence is a finding of its own."""
        if self.filter is None:
            return None
        tree = self.filter.tree
        root = ast.concat([ast.Anchor("text_begin"), tree.root, ast.Anchor("text_end")])
        return TagFilter(ast.Tree(tree.pattern, root, tree.names), self.filter.extract)

    def takes_whole(self, tag: str) -> bool:
        """Whether the pattern takes the tag even when it must describe all of it; False without a pattern.

        What semver would pass over (a text that is no version) is not taken.
        """
        key = self._whole.key(tag) if self._whole is not None else None
        return key is not None and (self.kind != "semver" or parse_tag(key) is not None)

    @cached_property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """Tags made from the pattern, each with the text that is compared."""
        if self.filter is None:
            return ()
        keyed = ((tag, self.filter.key(tag)) for tag in samples(self.filter.tree))
        return tuple((tag, key) for tag, key in keyed if key is not None)

    @cached_property
    def real(self) -> tuple[tuple[str, str], ...]:
        """The tags that are really there and taken, each with the text that is compared."""
        if self.filter is None:
            broken = self.policy.filter is not None  # nothing is known of what it would take
            return () if broken else tuple((tag, tag) for tag in self.tags)
        return tuple(self.filter.apply(list(self.tags)).pairs)

    def finding(self, rule: Rule, message: str, *, fix: str = "", severity: Severity | None = None) -> Finding:
        """The rule's finding at the policy's place, the policy's name, if it has one, in front of the message."""
        named = f"ImagePolicy {self.policy.ref}: " if self.policy.name else ""
        return rule.at(self.policy.place, named + message, fix=fix, severity=severity)


def gather(policy: ImagePolicy, branches: Sequence[str], tags: Iterable[str]) -> Facts:
    errors: list[PolicyError] = []
    compiled: TagFilter | None = None
    try:
        order_for(policy.choice)
    except PolicyFailure as failure:
        errors.append(failure.error)
    try:
        compiled = filter_for(policy)
        if compiled is not None:
            compiled.key("")  # the engine's own limits
    except PolicyFailure as failure:
        errors.append(failure.error)
        compiled = None
    return Facts(policy, compiled, tuple(errors), tuple(branches), tuple(well_formed(tag) for tag in tags))
