"""Base images, looked up anew in their registries: for `[push] pull = true`."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from buildtool.core.build.base_digests import BaseDigests
from buildtool.core.build.base_images import IMAGE, BaseImages, BuildSettings, base_images
from buildtool.core.image.reference import parse_reference
from buildtool.errors import BuildtoolError
from buildtool.usecases.push.bake_targets import bases, fills_in
from buildtool.usecases.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.inputs import Inputs
    from buildtool.core.image.reference import ImageReference
    from buildtool.usecases.ports import Context
    from buildtool.usecases.push.planner import InputDigests


class BaseRegistries(Protocol):
    """The registries of base images."""

    def digest(self, image: ImageReference) -> str | None:
        """The digest behind a tag now; None where there is no such tag. May raise an error of kind registry-*."""
        ...


class InputsWithBases:
    """The inputs of images, with their base images as they are now. Each is looked up once; `images` are the run's."""

    def __init__(
        self,
        inputs: InputDigests,
        config: Config,
        context: Context,
        registries: BaseRegistries,
        images: Sequence[ImageConfig],
    ) -> None:
        self._inputs = inputs
        self._config = config
        self._context = context
        self._registries = registries
        self._images = images
        self._named: dict[str, BaseImages] = {}
        self._looked_up: dict[str, tuple[str | None, str]] | None = None

    def of(self, image: ImageConfig) -> Inputs:
        """As ImageInputs, and the base images of the image and of those that it is built on."""
        found = self._inputs.of(image)
        digests = self._digests()
        chain = [image, *bases(self._config, [image])]
        named = {one.name: self._names(one) for one in chain}
        known: dict[str, str] = {}
        pins: dict[str, dict[str, str]] = {}
        unknown = [f"its base images: {one.unknown}" for one in named.values() if one.unknown]
        for name, one in named.items():
            for context, reference in one.tagged.items():
                digest, why = digests[reference]
                if digest is None:
                    unknown.append(f"base {reference} could not be looked up: {why}")
                else:
                    known[reference] = digest
                    pins.setdefault(name, {})[context] = f"{IMAGE}{reference}@{digest}"
        return replace(found, bases=BaseDigests(known, pins, tuple(dict.fromkeys(unknown))))

    def _digests(self) -> dict[str, tuple[str | None, str]]:
        """Digest, or None and why, of every base image of the run."""
        if self._looked_up is None:
            every = [*self._images, *bases(self._config, self._images)]
            references = sorted({one for image in every for one in self._names(image).tagged.values()})
            answers = side_by_side([lambda one=one: self._look_up(one) for one in references])  # type: ignore[misc]
            self._looked_up = dict(zip(references, answers, strict=True))
        return self._looked_up

    def _look_up(self, reference: str) -> tuple[str | None, str]:
        try:
            digest = self._registries.digest(parse_reference(reference))
        except BuildtoolError as error:
            return None, error.message
        return digest, "" if digest is not None else "its registry has no such tag"

    def _names(self, image: ImageConfig) -> BaseImages:
        if image.name not in self._named:
            text = self._context.text(os.path.normpath(self._config.root / image.dockerfile))
            told = BaseImages({}, f"the Dockerfile {image.dockerfile} is not there")
            if text is not None:
                told = base_images(text.decode("utf-8", "replace"), _settings(image))
            self._named[image.name] = told
        return self._named[image.name]


def _settings(image: ImageConfig) -> BuildSettings:
    told = {name: one.value for name, one in image.environment_args.items() if one.value is not None}
    return BuildSettings(
        image.target,
        {**image.args, **told},
        [one.normalized() for one in image.platforms],
        image.contexts,
        frozenset(_changing(image.args.items())) - set(told),
    )


def _changing(args: Iterable[tuple[str, str]]) -> list[str]:
    return [name for name, value in args if fills_in(value)]
