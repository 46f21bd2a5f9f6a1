"""A policy and tags -> an explanation: which tags match, which one Flux selects and why, and the next ones."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from buildtool.core.flux.policy import select
from buildtool.core.flux.policy.failure import ErrorClass
from buildtool.core.flux.policy.lints import lint
from buildtool.core.flux.policy.regex.lost_name import lost_group_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.core.flux.policy import Candidate, ImagePolicy, Mismatch, Selection
    from buildtool.errors.findings import Finding

RUNNERS_UP = 5
NEAR_MISSES = 5
_LOOKED_AT = 2000  # tags that are compared with the pattern one by one


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a policy makes of `total` tags.

    `matched` counts the tags that take part, `best` are all that can win, `runners_up` the first few behind them,
    `near` the closest of those left out. `excluded` are tags that were there too, and that Flux does not store.
    `lints` are the findings of `check` about the policy.
    """

    policy: ImagePolicy
    selection: Selection
    total: int
    matched: int
    best: tuple[Candidate, ...]
    runners_up: tuple[Candidate, ...]
    near: tuple[Mismatch, ...]
    why: str
    excluded: tuple[str, ...] = ()
    lints: tuple[Finding, ...] = ()

    @property
    def left_out(self) -> int:
        """How many of the tags do not take part."""
        return self.total - self.matched


def explain(policy: ImagePolicy, tags: Iterable[str], excluded: Iterable[str] = ()) -> Explanation:
    """Evaluate the policy over the tags that Flux stores; `excluded` are those that the exclusionList keeps out."""
    listed = list(dict.fromkeys(tags))
    selection = select(policy, listed)
    ranking = list(selection.ranking())
    best = tuple(candidate for candidate in ranking if candidate.tag in selection.possible)
    left_out = islice(selection.unmatched, _LOOKED_AT)
    near = heapq.nlargest(NEAR_MISSES, left_out, key=_closeness)
    return Explanation(
        policy,
        selection,
        len(listed),
        len(ranking),
        best,
        tuple(islice(selection.runners_up, RUNNERS_UP)),
        tuple(near),
        _why(policy, selection, ranking),
        tuple(dict.fromkeys(excluded)),
        tuple(lint(policy, (), listed[:_LOOKED_AT])),
    )


def _closeness(miss: Mismatch) -> tuple[bool, float, str]:
    """Those that pass the pattern first, then by how much of the tag fits."""
    part = (miss.position or 0) / max(1, len(miss.tag))
    return miss.kind != "pattern", part, miss.tag


def _why(policy: ImagePolicy, selection: Selection, ranking: Sequence[Candidate]) -> str:
    if selection.error is not None:
        lost = ""
        if selection.error.kind is ErrorClass.INVALID_REGEX and policy.filter is not None:
            lost = lost_group_name(policy.filter.pattern, policy.filter.extract)
        return f"{selection.error.message}{lost and '. '}{lost} (Flux keeps the image it selected before)"
    if selection.ambiguous:
        return f"{len(selection.possible)} tags tie: Flux's choice is random and may change at each reconciliation"
    value = next((one.value for one in ranking if one.tag == selection.winner), "")
    return _reason(policy, value) + _tie(selection)


def _tie(selection: Selection) -> str:
    """What is to be said where the winner is not alone: without a filter, Flux's choice among equals is certain."""
    if len(selection.equals) < 2:  # noqa: PLR2004 -- the winner alone
        return ""
    others = [tag for tag in selection.equals if tag != selection.winner]
    rule = "byte-smallest" if selection.winner == min(selection.equals) else "byte-largest"
    return f"; {some(others, 3)} {'are' if len(others) > 1 else 'is'} equal to it, and Flux takes the {rule} of equals"


def some(items: Sequence[str], most: int) -> str:
    """The first of the items, then how many more there are: `a, b and 3 more`."""
    left = len(items) - most
    return ", ".join(items[:most]) + (f" and {left} more" if left > 0 else "")


def _reason(policy: ImagePolicy, value: str) -> str:
    choice = policy.choice
    if choice.semver is not None:
        return f"{value} is the highest version inside {choice.semver!r}"
    order = (choice.alphabetical if choice.alphabetical is not None else choice.numerical) or "asc"
    end = "smallest" if order.lower() == "desc" else "largest"
    what = f"last in byte order ({order})" if end == "largest" else f"first in byte order ({order})"
    return f"{value!r} is {what}" if choice.alphabetical is not None else f"{value} is the {end} number ({order})"


def document(found: Explanation) -> dict[str, Any]:
    """The same as one JSON document; keys keep their meaning."""
    policy, selection = found.policy, found.selection
    return {
        "schema": "buildtool.policy-explain/v1",
        "policy": policy.ref if policy.name else None,
        "place": str(policy.place) if policy.place else None,
        "pattern": policy.filter.pattern if policy.filter else None,
        "extract": policy.filter.extract if policy.filter else None,
        "choice": {name: getattr(policy.choice, name) for name in policy.choice.kinds},
        "tags": found.total,
        "matched": found.matched,
        "latest": selection.winner,
        "extracted": selection.extracted,
        "possible_latest": list(selection.possible),
        "error": selection.error.message if selection.error else None,
        "error_class": selection.error.kind.value if selection.error else None,
        "why": found.why,
        "warnings": list(selection.warnings),
        "equal": list(selection.equals),
        "excluded": list(found.excluded),
        "lints": [
            {"code": one.code, "severity": one.severity.value, "message": one.message, "fix": one.fix}
            for one in found.lints
        ],
        "runners_up": [
            {"tag": candidate.tag, "extracted": candidate.extracted, "value": candidate.value}
            for candidate in found.runners_up
        ],
        "near_misses": [
            {"tag": miss.tag, "kind": miss.kind, "position": miss.position, "wanted": miss.wanted, "why": miss.message}
            for miss in found.near
        ],
    }
