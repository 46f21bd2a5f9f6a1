"""Whether what a run would publish was rolled back: by its commit, or by what it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.marks import WITHDRAWN, mark_for, rolled_back, when
from buildtool.core.image.labels import INPUTS
from buildtool.core.text.units import date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.build.inputs import Inputs
    from buildtool.core.commit.marks import RolledBack
    from buildtool.core.image.names import Repository
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.options import Source

_MOST = 20  # marks whose image is looked at, the newest: each costs two requests


class RolledBackImages:
    """Judges by the marks in a repository; `allowed` is True with --allow-rolled-back."""

    def __init__(self, live: LiveTags, source: Source, *, allowed: bool) -> None:
        self._live = live
        self._source = source
        self._allowed = allowed

    def check(self, name: str, repository: Repository, tags: Sequence[str], inputs: Inputs) -> None:
        """Raises rolled-back for this commit, or these inputs; `tags` are all tags of the repository."""
        if self._allowed:
            return
        if self._source.release is not None:
            self._require_kept(name, str(self._source.release.version), tags)
        marks = rolled_back(tags)
        for mark in marks:
            if mark.parsed is not None and self._source.revision.startswith(mark.parsed.sha):
                raise self._refused(name, mark, tags, "this commit")
        for mark in marks[-_MOST:] if inputs.digest else []:
            published, _ = self._live.published(repository, mark.mark)
            if published is not None and published.proof.label(INPUTS) == inputs.digest:
                raise self._refused(name, mark, tags, "an image made from the same inputs")

    def _require_kept(self, name: str, version: str, tags: Sequence[str]) -> None:
        """Refuse a version that was taken back: nothing else could ever be published under it."""
        for mark in (mark_for(version), mark_for(version, WITHDRAWN)):
            if mark in tags:
                message = f"{name}: version {version} was published and rolled back (mark {mark})"
                raise errors.BuildtoolError(
                    errors.ROLLED_BACK,
                    message,
                    fix="release the correction as the next version, or publish this one with --allow-rolled-back",
                )

    def _refused(self, name: str, mark: RolledBack, tags: Sequence[str], what: str) -> errors.BuildtoolError:
        time = when(mark, tags)
        moment = date(time) if time is not None else None
        at = f" on {moment:%Y-%m-%d %H:%M} UTC" if moment is not None else ""
        return errors.BuildtoolError(
            errors.ROLLED_BACK, f"{name}: {what} was published as {mark.tag} and rolled back{at} (mark {mark.mark})"
        )
