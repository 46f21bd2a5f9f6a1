"""A repository's artifacts -> which of them Harbor's tag retention deletes (Harbor 2.x, `src/pkg/retention`)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from buildtool.core.registry.doublestar import PatternError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.registry.harbor_rules import Artifact, TagRule

_DAY_SECONDS = 86_400
_DEFAULT_COUNT = 10
_DEFAULT_DAYS = 30
_NANOSECONDS = 1_000_000_000


class Fate(StrEnum):
    """What a run does with an artifact, in the words of Harbor's log."""

    RETAIN = "RETAIN"
    DEL = "DEL"
    IMMUTABLE = "IMMUTABLE"


class UnknownRuleError(ValueError):
    """A retention rule of an unknown kind: what a run would delete is not known."""


def judge(rules: Sequence[TagRule], repository: str, artifacts: Sequence[Artifact], now: int) -> dict[str, Fate]:
    """The fate of each digest in a run at `now` (unix seconds); `repository` is the name below the project.

    An artifact stays when any of the active `rules` keeps it; what none keeps goes, unless it is immutable. Nothing
    goes where no rule is meant for the repository, or where a malformed pattern makes the run fail. `artifacts` must be
    all of the repository, in Harbor's order: it decides between equal times. Raises UnknownRuleError.
    """
    everything = {artifact.digest: Fate.RETAIN for artifact in artifacts}
    try:
        ours = [rule for rule in rules if all(one.takes(repository) for one in rule.repositories) and rule.tags]
        kept = {artifact.digest for rule in ours for artifact in _kept_by(rule, artifacts, now)}
    except PatternError:
        return everything
    lost = [artifact for artifact in artifacts if artifact.digest not in kept] if ours else []
    return everything | {one.digest: Fate.IMMUTABLE if one.immutable else Fate.DEL for one in lost}


def _kept_by(rule: TagRule, artifacts: Sequence[Artifact], now: int) -> Sequence[Artifact]:
    keep = _TEMPLATES.get(rule.template)
    if keep is None:
        raise UnknownRuleError(f"a retention rule {rule.template!r}")
    selected = [artifact for artifact in artifacts if all(one.takes_any(artifact.tags) for one in rule.tags)]
    return keep(selected, rule.amount if rule.amount is not None and rule.amount >= 0 else None, now)


def _newest(time: Callable[[Artifact], int]) -> Callable[[Sequence[Artifact], int | None, int], Sequence[Artifact]]:
    def keep(selected: Sequence[Artifact], amount: int | None, now: int) -> Sequence[Artifact]:  # noqa: ARG001
        return sorted(selected, key=time, reverse=True)[: _DEFAULT_COUNT if amount is None else amount]

    return keep


def _within(
    time: Callable[[Artifact], int], default: int = _DEFAULT_DAYS, *, edge: bool = True
) -> Callable[[Sequence[Artifact], int | None, int], Sequence[Artifact]]:
    """`edge`: whether what happened exactly so many days ago stays."""

    def keep(selected: Sequence[Artifact], amount: int | None, now: int) -> Sequence[Artifact]:
        since = now + _span(default if amount is None else amount)
        return [one for one in selected if time(one) > since or (edge and time(one) == since)]

    return keep


def _span(days: int) -> int:
    """So many days back in seconds, as Harbor counts: in nanoseconds of 64 bits, which 106,752 days exceed."""
    wrapped = (-days * _DAY_SECONDS * _NANOSECONDS + 2**63) % 2**64 - 2**63
    return wrapped // _NANOSECONDS


def _pushed(artifact: Artifact) -> int:
    return artifact.pushed


def _pulled(artifact: Artifact) -> int:
    return artifact.pulled


def _active(artifact: Artifact) -> int:
    return max(artifact.pushed, artifact.pulled)


def _always(selected: Sequence[Artifact], amount: int | None, now: int) -> Sequence[Artifact]:  # noqa: ARG001
    return selected


_TEMPLATES: Mapping[str, Callable[[Sequence[Artifact], int | None, int], Sequence[Artifact]]] = {
    "always": _always,
    "latestPushedK": _newest(_pushed),
    "latestPulledN": _newest(_pulled),
    "latestActiveK": _newest(_active),
    "nDaysSinceLastPush": _within(_pushed),
    "nDaysSinceLastPull": _within(_pulled),
    "lastXDays": _within(_pushed, _DEFAULT_COUNT, edge=False),
}
