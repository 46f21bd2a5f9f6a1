"""Two commits -> which one is older: by ancestry, or by commit times where the ancestry is not known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CommitOrder(StrEnum):
    """The commit to be built, compared with the published one."""

    SAME = "same"
    NEWER = "newer"  # also for branches that went apart: neither commit is an ancestor of the other
    OLDER = "older"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The order, and `by_time`: True where the ancestry is not known and the commit times decided."""

    order: CommitOrder
    by_time: bool = False


@dataclass(frozen=True, slots=True)
class PublishedCommit:
    """The commit of a published image: as many digits as are known, and its time in unix seconds where that is known.

    `built`: when its tag was made, in unix seconds; a commit is never younger than its image.
    """

    sha: str
    time: int | None
    built: int | None = None


def compare(own: str, own_time: int, published: PublishedCommit, ancestry: bool | None) -> Verdict:  # noqa: FBT001
    """`ancestry`: whether the published commit holds `own` (a full commit) among its ancestors; None is not known.

    Two commits of one second are not put in an order: the one that is built counts as newer.
    """
    if own.startswith(published.sha):
        return Verdict(CommitOrder.SAME)
    if ancestry is not None:
        return Verdict(CommitOrder.OLDER if ancestry else CommitOrder.NEWER)
    if published.time is not None:
        return Verdict(CommitOrder.OLDER if own_time < published.time else CommitOrder.NEWER, by_time=True)
    if published.built is not None and own_time >= published.built:
        return Verdict(CommitOrder.NEWER, by_time=True)
    return Verdict(CommitOrder.UNKNOWN)
