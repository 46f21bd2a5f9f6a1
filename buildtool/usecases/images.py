from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig


def chosen_images(config: Config, names: Sequence[str]) -> list[ImageConfig]:
    """The images named, or all, in the order of the file; raises usage for a name that is not configured."""
    for name in names:
        if name not in config.images:
            near = difflib.get_close_matches(name, config.images, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            known = ", ".join(config.images)
            raise BuildtoolError(USAGE, f'no image is called "{name[:80]}" (there are: {known}){meant}')
    return [image for image in config.images.values() if not names or image.name in names]
