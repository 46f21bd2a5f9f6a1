"""A policy and tags -> an explanation: which tags match, which one Flux selects and why, and the next ones."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from buildtool.core.flux.policy import select

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.flux.policy import Candidate, ImagePolicy, Mismatch, Selection

RUNNERS_UP = 5
NEAR_MISSES = 5
_LOOKED_AT = 2000  # tags that are compared with the pattern one by one


@dataclass(frozen=True, slots=True)
class Explanation:
    """`matched` counts the tags that take part, `total` all of them; `near` are the closest of those left out."""

    policy: ImagePolicy
    selection: Selection
    total: int
    matched: int
    best: tuple[Candidate, ...]
    runners_up: tuple[Candidate, ...]
    near: tuple[Mismatch, ...]
    why: str


def explain(policy: ImagePolicy, tags: Iterable[str]) -> Explanation:
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
        _why(policy, selection, best),
    )


def _closeness(miss: Mismatch) -> tuple[bool, float, str]:
    """Those that pass the pattern first, then by how much of the tag fits."""
    part = (miss.position or 0) / max(1, len(miss.tag))
    return miss.kind != "pattern", part, miss.tag


def _why(policy: ImagePolicy, selection: Selection, best: tuple[Candidate, ...]) -> str:
    if selection.error is not None:
        return f"{selection.error.message} (Flux keeps the image it selected before)"
    if selection.ambiguous:
        return f"{len(selection.possible)} tags tie: Flux's choice is random and may change at each reconciliation"
    choice = policy.choice
    value = best[0].value if best else ""
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
        "runners_up": [
            {"tag": candidate.tag, "extracted": candidate.extracted, "value": candidate.value}
            for candidate in found.runners_up
        ],
        "near_misses": [
            {"tag": miss.tag, "kind": miss.kind, "position": miss.position, "wanted": miss.wanted, "why": miss.message}
            for miss in found.near
        ],
    }
