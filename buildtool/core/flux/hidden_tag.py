"""Tags that a push writes and that are no proven images, as values; `core.flux.policy.hidden` judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Hidden(NamedTuple):
    """A tag that Flux must never deploy: the setting that names it, and what is under it (a whole clause).

    `repositories` are those that it is written to, `host[:port]/path`.
    """

    setting: str
    tag: str
    content: str
    repositories: frozenset[str] = frozenset()


def candidate(tag: str, repositories: Iterable[str] = ()) -> Hidden:
    """The candidate tag of push."""
    content = "images are pushed under it before they are proven"
    return Hidden("push.candidate_tag", tag, content, frozenset(repositories))


def layer_cache(setting: str, tag: str, repositories: Iterable[str] = ()) -> Hidden:
    """The tag of a layer cache that a build writes."""
    return Hidden(setting, tag, "it holds layers for later builds, and is no image", frozenset(repositories))
