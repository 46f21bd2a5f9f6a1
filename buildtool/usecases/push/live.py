"""What the registry holds for the images of a run, read now: tags, what Flux sees of them, and what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.usecases.prove import read_back
from buildtool.usecases.push import selection
from buildtool.usecases.push.plan import Published
from buildtool.usecases.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.image.names import Repository
    from buildtool.usecases.ports import Registry, SameResults


class LiveTags:
    """Reads of one registry; nothing is kept from one call to the next."""

    def __init__(
        self, registry: Registry, config: Config, manifests: Manifests, same_results: SameResults | None = None
    ) -> None:
        """`same_results` is what is remembered of published images."""
        self._same_results = same_results
        self._registry = registry
        self._config = config
        self._manifests = manifests

    def read(self, images: Sequence[ImageConfig]) -> Mapping[str, list[str]]:
        """All tags of each image's repository, by image name; [] for a repository that does not exist yet."""
        repositories = [self._config.repository(image.name) for image in images]
        found = side_by_side([lambda one=one: self.tags(one) for one in repositories])  # type: ignore[misc]
        return {image.name: tags for image, tags in zip(images, found, strict=True)}

    def tags(self, repository: Repository) -> list[str]:
        """All tags there; [] in a project that does not exist yet: whether one can be made is asked after the plan."""
        try:
            return list(self._registry.tags(repository))
        except errors.BuildtoolError as error:
            if error.kind is not errors.REGISTRY_PROJECT:
                raise
            return []

    def visible(self, image: ImageConfig, tags: Iterable[str]) -> list[str]:
        """Those of the tags that Flux sees: without what the ImageRepository's exclusionList names."""
        return selection.visible(tags, self._manifests.repository_of(image.policy) if image.policy else None)

    def published(self, repository: Repository, tag: str) -> tuple[Published | None, str]:
        """What is under a tag. None where it is gone, is no image, or may not be read; the text is a warning or ""."""
        try:
            manifest, proof = read_back(self._registry, repository, tag)
        except errors.BuildtoolError as error:
            if error.kind is errors.REGISTRY_SCAN:
                return None, f"{repository.at(tag)}, which is published, can be read by nobody now: {error.message}"
            if error.kind not in {errors.PROOF_FAILED, errors.REGISTRY_NOT_FOUND}:
                raise
            return None, ""
        known = self._same_results.get(proof.digest) if self._same_results is not None else None
        return Published(tag, manifest, proof, known or ()), ""
