"""The plan of a push, as values: which tag, and what happens to each image."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from buildtool.core.image.labels import BASES, INPUTS
from buildtool.core.image.proof import Proof
from buildtool.core.registry.contents import Manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import ImageConfig
    from buildtool.core.build.base_digests import Move
    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.build.inputs import Inputs
    from buildtool.core.commit.tags import Tag
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.image.makings import Makings
    from buildtool.core.image.names import Repository
    from buildtool.usecases.push.further import Further
    from buildtool.usecases.push.options import Source
    from buildtool.usecases.push.outside import Outside


@dataclass(frozen=True, slots=True)
class Published:
    """An image that is in the registry under `tag`, read back; `equal` is what else gave the same content."""

    tag: str
    manifest: Manifest
    proof: Proof
    equal: Makings = ()

    @property
    def makings(self) -> Makings:
        """What it is made from, as its labels say, and what else would give the same, the newest last."""
        own = (self.proof.label(INPUTS) or "", self.proof.label(BASES) or "")
        return (own, *self.equal)


def unread(tag: str) -> Published:
    """An image of which nothing is known but its tag, because it cannot be read."""
    return Published(tag, Manifest("", "", b""), Proof("", ()))


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """One image of the run.

    `before` is the tag Flux selects now, `after` the one it will select; both None without a policy. `published` is the
    image that is deployed now. `builds` says whether it is built; `tag` is what this run writes, None for an image that
    keeps what it has. An image that is not built and has a `tag` gets it on the digest that is published already.
    `seen` are all tags of its repository when the plan was made, `visible` those that Flux sees. `deployed` is False
    for a run that Flux shall not deploy (--no-deploy, uncommitted files). `why` says in a few words why it is built,
    `moved` are its base images that are not what they were. `mirrors` are the repositories that it is copied to;
    `lacking` those of them without the tag that it keeps. `further` are the tags beside the one of the build, each
    with what happens to it.
    """

    config: ImageConfig
    repository: Repository
    inputs: Inputs
    policy: ImagePolicy | None
    before: str | None
    after: str | None
    builds: bool
    tag: str | None
    published: Published | None = None
    seen: frozenset[str] = frozenset()
    visible: Sequence[str] = ()
    deployed: bool = True
    why: str = ""
    mirrors: tuple[Repository, ...] = ()
    lacking: tuple[Repository, ...] = ()
    moved: Sequence[Move] = ()
    further: Sequence[Further] = ()

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def digest(self) -> str | None:
        """The digest that is published now."""
        return self.published.proof.digest if self.published else None

    def selecting(self, tag: str | None) -> ImagePlan:
        """The same, where Flux will select this tag."""
        return replace(self, after=tag)

    def tagged(self, tag: str) -> ImagePlan:
        """The same, where the run writes this tag: on what it builds, else on the digest that is published."""
        return replace(self, tag=tag)

    def kept(self, why: str) -> ImagePlan:
        """The same, where nothing is written: the image stays under the tag it has."""
        return replace(self, builds=False, tag=None, after=self.before, why=why)


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole run. `tag` is the tag of all images that are built; `builder` is None where nothing is built.

    `allow_older` says that an older commit is published on purpose; `outside` is what lies outside the repository.
    """

    tag: Tag
    source: Source
    images: Sequence[ImagePlan]
    warnings: Sequence[str] = field(default=())
    builder: BuilderFacts | None = None
    allow_older: bool = False
    outside: Sequence[Outside] = ()

    @property
    def to_build(self) -> list[ImagePlan]:
        return [image for image in self.images if image.builds]

    @property
    def to_publish(self) -> list[ImagePlan]:
        return [image for image in self.images if image.tag is not None]

    @property
    def to_write(self) -> list[ImagePlan]:
        """Those of which any tag is written."""
        return [image for image in self.images if image.tag is not None or any(one.written for one in image.further)]
