"""The present state of an image: the tag that Flux selects now, and the images that could be deployed instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from buildtool.core.commit.marks import is_rolled_back, rolled_back
from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.policy import select
from buildtool.core.image.labels import REVISION, VERSION
from buildtool.errors import ROLLBACK_TARGET, USAGE, BuildtoolError
from buildtool.usecases.push import selection
from buildtool.usecases.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.image.names import Repository
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.plan import Published

_SHOWN = 10  # candidates that are looked at: each costs two requests


class Subjects(Protocol):
    """First lines of commit messages."""

    def subject(self, sha: str) -> str | None:
        """None for a commit that this clone does not know."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The present state of one image.

    `every` are all tags of the repository, `visible` those that Flux sees, `current` the image that it selects.
    """

    image: ImageConfig
    repository: Repository
    policy: ImagePolicy
    every: Sequence[str]
    visible: Sequence[str]
    current: Published

    @property
    def name(self) -> str:
        return self.image.name

    @property
    def first_tag(self) -> str:
        """The tag under which the current image was published first: its own time, not that of a rollback."""
        return self.current.proof.label(VERSION) or self.current.tag

    @property
    def is_rollback(self) -> bool:
        """Whether the current tag was written by a rollback: an older image above one that is marked as bad."""
        parsed = parse_tag(self.current.tag)
        if parsed is None or self.first_tag == self.current.tag:
            return False
        return any(mark.parsed and mark.parsed.time < parsed.time for mark in rolled_back(self.every))


@dataclass(frozen=True, slots=True)
class RollbackCandidate:
    """An image to go back to. `time` is that of its tag in unix seconds; `why_not` says why it is not chosen, or ""."""

    published: Published
    time: int | None
    revision: str | None
    subject: str | None
    why_not: str

    @property
    def tag(self) -> str:
        return self.published.tag


class Standings:
    """Reads the present state of images from the registry."""

    def __init__(self, config: Config, manifests: Manifests, live: LiveTags, subjects: Subjects) -> None:
        self._config = config
        self._manifests = manifests
        self._live = live
        self._subjects = subjects

    def of(self, images: Sequence[ImageConfig]) -> list[Standing]:
        """Raises usage for an image without a policy, rollback-target where Flux selects nothing of it."""
        tags = self._live.read(images)
        return side_by_side([lambda one=image: self._one(one, tags[one.name]) for image in images])  # type: ignore[misc]

    def _one(self, image: ImageConfig, every: Sequence[str]) -> Standing:
        policy = selection.policy_of(image, self._manifests)
        if policy is None:
            raise BuildtoolError(
                USAGE,
                f"images.{image.name} has no policy: nothing says which of its tags is deployed",
                fix=f'set images.{image.name}.policy = "namespace:name" in buildtool.toml',
            )
        visible, repository = self._live.visible(image, every), self._config.repository(image.name)
        selected = select(policy, visible).winner if visible else None
        if selected is None:
            message = f"{image.name}: Flux selects no tag of {repository}, so there is nothing to go back from"
            raise BuildtoolError(ROLLBACK_TARGET, message, fix=f"buildtool policy explain {image.name}")
        current, warning = self._live.published(repository, selected)
        if current is None:
            message = warning or f"{repository.at(selected)}, which Flux selects, holds no image"
            raise BuildtoolError(ROLLBACK_TARGET, f"{image.name}: {message}", fix=f"buildtool verify {image.name}")
        return Standing(image, repository, policy, every, visible, current)

    def still(self, planned: Sequence[Standing]) -> bool:
        """Whether Flux selects what it selected when the rollback was planned."""
        tags = self._live.read([one.image for one in planned])
        return all(
            select(one.policy, self._live.visible(one.image, tags[one.name])).winner == one.current.tag
            for one in planned
        )

    def candidates(self, standing: Standing) -> list[RollbackCandidate]:
        """The images that Flux would select if newer ones were not there, in that order; ten at most."""
        tags: list[str] = []
        left = [tag for tag in standing.visible if tag != standing.current.tag]
        while left and len(tags) < _SHOWN:
            winner = select(standing.policy, left).winner
            if winner is None:
                break
            tags.append(winner)
            left.remove(winner)
        found = side_by_side([lambda one=tag: self.candidate(standing, one) for tag in tags])  # type: ignore[misc]
        return [candidate for candidate in found if candidate is not None]

    def candidate(self, standing: Standing, tag: str) -> RollbackCandidate | None:
        """The image under a tag; None where there is none."""
        published, _ = self._live.published(standing.repository, tag)
        if published is None:
            return None
        parsed, revision = parse_tag(tag), published.proof.label(REVISION)
        sha = revision or (parsed.sha if parsed else None)
        subject = self._subjects.subject(sha) if sha else None
        return RollbackCandidate(
            published, parsed.time if parsed else None, sha, subject, _why_not(standing, published)
        )


def _why_not(standing: Standing, published: Published) -> str:
    if published.proof.digest == standing.current.proof.digest:
        return "the same image"
    wanted = {platform.normalized() for platform in standing.image.platforms}
    if set(published.proof.platforms) != wanted:
        there = ", ".join(map(str, published.proof.platforms)) or "nothing"
        return f"it is for {there}, and {', '.join(sorted(map(str, wanted)))} is configured"
    parsed = parse_tag(published.tag)
    if parsed is not None and parsed.dirty:
        return "it was built from uncommitted files"
    return "it was rolled back" if is_rolled_back(published.tag, standing.every) else ""
