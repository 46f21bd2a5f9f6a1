"""Whether the commit to publish is older than the one that is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from buildtool import errors
from buildtool.core.commit.age import CommitOrder, PublishedCommit, compare
from buildtool.core.commit.tags import parse_tag
from buildtool.core.image.labels import COMMIT_TIME, REVISION, commit_time

if TYPE_CHECKING:
    from buildtool.core.commit.age import Verdict
    from buildtool.usecases.push.options import Source
    from buildtool.usecases.push.plan import Published


class History(Protocol):
    """The commits this clone knows. Every method may raise an error of kind git-*."""

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        """Whether `newer` contains `older`; None when this clone does not know one of them."""
        ...

    def named(self, sha: str) -> str:
        """A commit as a person knows it: short, with the first line of its message."""
        ...

    def fetch_hint(self) -> str:
        """The command that brings commits which this clone lacks."""
        ...


class Age:
    """Judges by ancestry, and where this clone does not know it, by the times of the commits."""

    def __init__(self, history: History, source: Source, *, allow_older: bool) -> None:
        self._history = history
        self._source = source
        self._allow_older = allow_older
        self._known: dict[str, bool | None] = {}  # images of one run mostly have one commit

    def check(self, name: str, published: Published) -> str | None:
        """A warning where the age is not known; raises older-commit.

        A commit is older when the published one contains it, or when this clone cannot tell and it was made before.
        """
        there = revision(published)
        if there is None:
            return None
        verdict = self._compared(there, published)
        if verdict.order is CommitOrder.UNKNOWN:
            return (
                f"{name}: commit {there[:12]} of the published tag {published.tag} is not in this clone: whether it is "
                f"newer is unknown; get it with {self._history.fetch_hint()}"
            )
        if verdict.order is CommitOrder.OLDER and not self._allow_older:
            raise self._older(name, published.tag, there, by_time=verdict.by_time)
        return None

    def order(self, published: Published) -> CommitOrder:
        """The same as an answer: how the commit to publish compares with that of an image; a foreign one is unknown."""
        there = revision(published)
        return CommitOrder.UNKNOWN if there is None else self._compared(there, published).order

    def hint(self) -> str:
        """The command that brings commits which this clone lacks."""
        return self._history.fetch_hint()

    def _compared(self, there: str, published: Published) -> Verdict:
        mine = self._source.revision
        if there not in self._known:
            self._known[there] = None if mine.startswith(there) else self._history.is_ancestor(mine, there)
        return compare(mine, self._source.time, _commit(there, published), self._known[there])

    def _older(self, name: str, tag: str, there: str, *, by_time: bool) -> errors.BuildtoolError:
        one, mine = self._history.named(there), self._history.named(self._source.revision)
        if not by_time:
            return errors.BuildtoolError(
                errors.OLDER_COMMIT, f"{name}: {tag} was built from {one}, a descendant of HEAD {mine}"
            )
        return errors.BuildtoolError(
            errors.OLDER_COMMIT,
            f"{name}: {tag} was built from {one}, which was made after HEAD {mine}; whether it contains HEAD this "
            "clone does not know",
            fix=f"{self._history.fetch_hint()}, or publish the older commit on purpose with --allow-older",
        )


def _commit(sha: str, published: Published) -> PublishedCommit:
    parsed = parse_tag(published.tag)
    return PublishedCommit(sha, commit_time(published.proof.label(COMMIT_TIME)), parsed.time if parsed else None)


def revision(published: Published) -> str | None:
    """The commit an image was built from: its label, else the short one in its tag; None for a foreign image."""
    parsed = parse_tag(published.tag)
    return published.proof.label(REVISION) or (parsed.sha if parsed else None)
