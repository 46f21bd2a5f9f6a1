"""Secrets that the configuration names and that have no value: refused before the build, which would go on without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.build.secret_source import secret_source
from buildtool.errors import CONFIG_INVALID, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.config import Config, ImageConfig
    from buildtool.usecases.ports import SecretValues


def require_secrets(config: Config, images: Iterable[ImageConfig], values: SecretValues) -> None:
    """Raise config-invalid, with the place, for the first secret of these images that has no value."""
    for image in images:
        for declared in image.secrets:
            reason = values.missing(declared)
            if reason is not None:
                name = secret_source(declared).name
                raise BuildtoolError(
                    CONFIG_INVALID,
                    f"images.{image.name}: the secret {name!r} has no value: {reason}",
                    fix=f"set it, or take {declared!r} out of images.{image.name}.secrets",
                    place=config.origins.get(f"images.{image.name}.secrets"),
                )
