"""The parts of a Selection that are computed only when read: the ranking, the tags left out with reasons, warnings."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.failure import ErrorClass
from buildtool.core.flux.policy.image_policy import Candidate, Mismatch
from buildtool.core.flux.policy.mismatch import explain_mismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.policy.failure import PolicyError
    from buildtool.core.flux.policy.filter import Filtered
    from buildtool.core.flux.policy.image_policy import ImagePolicy
    from buildtool.core.flux.policy.ordering import Order


@dataclass
class SelectionDetails:
    policy: ImagePolicy
    tags: list[str]
    order: Order | None = field(default=None)
    filtered: Filtered | None = field(default=None)
    error: PolicyError | None = field(default=None)

    @cached_property
    def tag_by_text(self) -> dict[str, str]:
        """Compared text -> the tag that Flux keeps for it: the byte-smallest, since Flux reads that one last."""
        if self.filtered is None:
            return {tag: tag for tag in self.tags} if self.order else {}
        found: dict[str, str] = {}
        for tag, key in self.filtered.pairs:
            if key not in found or tag < found[key]:
                found[key] = tag
        return found

    @cached_property
    def _ranking(self) -> list[Candidate]:
        if self.order is None or (self.error and self.error.kind is ErrorClass.NOT_NUMERIC):
            return []
        keys = list(self.tag_by_text)
        return [Candidate(self.tag_by_text[keys[n]], keys[n], value) for n, value in self.order.rank(keys)]

    def ranking(self) -> Iterator[Candidate]:
        return iter(self._ranking)

    def unmatched(self) -> Iterator[Mismatch]:
        taking_part = {candidate.tag for candidate in self._ranking}
        keys = dict(self.filtered.pairs) if self.filtered else {}
        for tag in self.tags:
            if tag in taking_part:
                continue
            tag_by_text = self.tag_by_text.get(keys.get(tag, ""), tag) if tag in keys else tag
            if tag_by_text != tag and self.order is not None:
                message = f"{tag!r} gives the same text {keys[tag]!r} as {tag_by_text!r}, which stands for both"
                yield Mismatch(tag, "hidden", message, found=keys[tag], wanted=tag_by_text)
            else:
                yield explain_mismatch(self.policy, tag)

    def equals(self) -> tuple[str, ...]:
        if self.filtered is not None or self.order is None or self.error is not None:
            return ()
        best = set(self.order.contenders(self.tags))
        numeric = self.policy.choice.kinds[:1] == ("numerical",)
        return () if numeric and any(math.isnan(float(tag)) for tag in best) else tuple(sorted(best))

    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings())

    def _warnings(self) -> Iterator[str]:
        best = self._ranking[:2]
        if self.filtered is not None:
            hidden = len(set(self.filtered.tags) & {tag for tag, _ in self.filtered.pairs}) - len(self.tag_by_text)
            if hidden > 0:
                what = "1 tag extracts" if hidden == 1 else f"{hidden} tags extract"
                yield f"{what} the same text as another: Flux sees only the byte-smallest of those"
            if len(best) > 1 and self._tied(best[0], best[1]):
                yield f"{best[0].tag!r} and {best[1].tag!r} tie: Flux's choice between them is random"
        numeric = self.policy.choice.kinds[:1] == ("numerical",)
        if numeric and any(abs(float(candidate.value)) > 1 << 53 for candidate in best):
            yield "numbers above 2^53 are compared without their last digits"

    def _tied(self, one: Candidate, two: Candidate) -> bool:
        return self.order is not None and len(self.order.contenders([one.extracted, two.extracted])) > 1
