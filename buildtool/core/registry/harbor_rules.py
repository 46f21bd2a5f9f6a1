"""Harbor's immutability and retention rules: which tags a rule takes, and what a retention run would keep."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Selector:
    """A doublestar pattern (`**`, `*`, `?`, `{a,b}`, `[a-z]`), or everything but it."""

    pattern: str = "**"
    excludes: bool = False

    def takes(self, name: str) -> bool:
        return bool(_compiled(self.pattern).fullmatch(name)) is not self.excludes


@dataclass(frozen=True, slots=True)
class Rule:
    """One immutability or retention rule. `amount` is its count or days; templates are Harbor's own names."""

    template: str
    tags: Selector = field(default_factory=Selector)
    repositories: Selector = field(default_factory=Selector)
    amount: int = 0

    def takes(self, repository: str, tag: str) -> bool:
        """`repository` is the name below the project."""
        return self.repositories.takes(repository) and self.tags.takes(tag)


@dataclass(frozen=True, slots=True)
class Artifact:
    """`pushed` and `pulled` are unix seconds; 0 for never."""

    digest: str
    tags: tuple[str, ...]
    pushed: float = 0.0
    pulled: float = 0.0


def kept(rules: Sequence[Rule], repository: str, artifacts: Sequence[Artifact], now: int) -> set[str]:
    """Digests a retention run would keep: an artifact stays when any of its tags is kept by any rule.

    Artifacts no rule selects go as well: a policy keeps, it does not delete (Harbor, `pkg/retention/policy/alg/or`).
    """
    return {artifact.digest for rule in rules for artifact in _kept_by(rule, repository, artifacts, now)}


def _kept_by(rule: Rule, repository: str, artifacts: Sequence[Artifact], now: int) -> list[Artifact]:
    candidates = [a for a in artifacts if any(rule.takes(repository, tag) for tag in a.tags)]
    since = now - rule.amount * _DAY_SECONDS
    if rule.template == "latestPushedK":
        return sorted(candidates, key=lambda a: a.pushed, reverse=True)[: rule.amount]
    if rule.template == "latestPulledN":
        return sorted(candidates, key=lambda a: a.pulled, reverse=True)[: rule.amount]
    if rule.template == "nDaysSinceLastPush":
        return [a for a in candidates if a.pushed >= since]
    if rule.template == "nDaysSinceLastPull":
        return [a for a in candidates if a.pulled >= since]
    return candidates  # "always", and whatever a newer Harbor may know: not ours to call a danger


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A doublestar pattern as a regular expression; a broken one takes nothing."""
    try:
        return re.compile("".join(_pieces(pattern)), re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")


def _pieces(pattern: str) -> Iterator[str]:
    depth = 0
    for piece in re.findall(r"\*\*|\[[^\]]*\]|\\.|.", pattern, re.DOTALL):
        if piece == "{":
            depth += 1
            yield "(?:"
        elif piece == "}" and depth:
            depth -= 1
            yield ")"
        elif piece == "," and depth:
            yield "|"
        elif piece.startswith("[") and len(piece) > 2:  # noqa: PLR2004 -- brackets with something inside
            inside = piece[1:-1]
            yield f"[{'^' + re.escape(inside[1:]) if inside[0] in '!^' else re.escape(inside)}]".replace(r"\-", "-")
        elif piece.startswith("\\") and len(piece) == 2:  # noqa: PLR2004
            yield re.escape(piece[1])
        else:
            yield {"**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
