"""Short ways to write policies and what Flux answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy import Choice, FilterTags, ImagePolicy, select

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.flux.policy import Selection

COMMITTED = r"^(?:main|master)-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$"


def policy(pattern: str | None = None, extract: str = "", **choice: str) -> ImagePolicy:
    chosen = None if pattern is None and not extract else FilterTags(pattern or "", extract)
    return ImagePolicy("flux-system", "frontend", "frontend", chosen, Choice(**choice))


def committed() -> ImagePolicy:
    return policy(COMMITTED, "$ts", numerical="asc")


def answer(tags: Iterable[str], pattern: str | None = None, extract: str = "", **choice: str) -> str | list[str]:
    """The winner, the list of the possible winners, or the class of the error."""
    found: Selection = select(policy(pattern, extract, **choice), tags)
    if found.error is not None:
        return found.error.kind.value
    return found.winner if found.winner is not None else list(found.possible)
