"""Which image to go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool.core.commit.marks import ROLLED_BACK, WITHDRAWN, is_mark
from buildtool.core.text.suggestions import did_you_mean
from buildtool.errors import ROLLBACK_TARGET, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.usecases.rollback.standing import RollbackCandidate, Standing, Standings


class Replaced(Protocol):
    """The history of the values at the setters."""

    def tag(self, policy: str, current: str) -> str | None:
        """The tag that the commit which wrote `current` for this policy replaced; None where that is not known."""
        ...


class Targets:
    """Chooses the target of a rollback."""

    def __init__(self, standings: Standings, replaced: Replaced) -> None:
        self._standings = standings
        self._replaced = replaced

    def choose(
        self, standing: Standing, wanted: str | None, candidates: Sequence[RollbackCandidate]
    ) -> RollbackCandidate:
        """The tag that was asked for; else what the last commit of the automation replaced; else the newest good one.

        An image that is rolled back already stays where it is: going further back takes `wanted`. Raises
        rollback-target where there is none, or where the one that was asked for cannot be taken.
        """
        if wanted is not None:
            return self._wanted(standing, wanted)
        if standing.is_rollback:  # the same command once more must not go back once more
            return self._wanted(standing, standing.current.tag)
        good = [candidate for candidate in candidates if not candidate.why_not]
        before = self._replaced.tag(str(standing.image.policy), standing.current.tag)
        chosen = next((candidate for candidate in good if candidate.tag == before), good[0] if good else None)
        if chosen is None:
            seen = "; ".join(f"{candidate.tag}: {candidate.why_not}" for candidate in candidates)
            raise BuildtoolError(
                ROLLBACK_TARGET,
                f"{standing.name}: no older image to go back to from {standing.current.tag}"
                + (f" ({seen})" if seen else f" in {standing.repository}"),
            )
        return chosen

    def _wanted(self, standing: Standing, tag: str) -> RollbackCandidate:
        every = list(standing.every)
        if tag not in every:
            known = [one for one in every if not is_mark(one)]
            raise BuildtoolError(
                ROLLBACK_TARGET, f"{standing.name}: {standing.repository} has no tag {tag}{did_you_mean(tag, known)}"
            )
        if is_mark(tag):
            bad = tag.removeprefix(ROLLED_BACK).removeprefix(WITHDRAWN)
            raise BuildtoolError(
                ROLLBACK_TARGET,
                f"{standing.repository.at(tag)} only keeps an image that was rolled back or withdrawn",
                fix=f"buildtool rollback {standing.name} --to {bad}" if bad in every else None,
            )
        candidate = self._standings.candidate(standing, tag)
        if candidate is None:
            raise BuildtoolError(ROLLBACK_TARGET, f"{standing.repository.at(tag)} holds no image")
        if candidate.why_not not in {"", "it was rolled back", "the same image"}:
            raise BuildtoolError(ROLLBACK_TARGET, f"{standing.repository.at(tag)}: {candidate.why_not}")
        return candidate
