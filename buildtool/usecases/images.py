"""The images of buildtool.toml that a command names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.text.suggestions import did_you_mean
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig


def named_image(config: Config, name: str) -> ImageConfig:
    """The image of this name; raises usage for a name that is not configured."""
    if name not in config.images:
        meant = did_you_mean(name, config.images)
        known = ", ".join(config.images)
        raise BuildtoolError(USAGE, f'no image is called "{name[:80]}" (there are: {known}){meant}')
    return config.images[name]


def chosen_images(config: Config, names: Sequence[str]) -> list[ImageConfig]:
    """The images named, or all, in the order of the file; raises usage for a name that is not configured."""
    for name in names:
        named_image(config, name)
    return [image for image in config.images.values() if not names or image.name in names]
