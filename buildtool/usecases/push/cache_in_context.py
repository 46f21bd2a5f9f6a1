"""Folders of layer caches inside a build's context: sent to the builder, and other files after each build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.build.ignorefile import sent
from buildtool.errors import CONFIG_INVALID, BuildtoolError
from buildtool.usecases.push.image_caches import caches_of, local_folders

if TYPE_CHECKING:
    from buildtool.config import Config
    from buildtool.core.build.ignorefile import Rules
    from buildtool.usecases.ports import Context

_INDEX = "index.json"  # a file that every such cache has


class CacheFolders:
    """All folders that the caches of a configuration's images are written to."""

    def __init__(self, config: Config, context: Context) -> None:
        written = [caches_of(config, None, image, pushed=True).written for image in config.images.values()]
        folders = local_folders([one for caches in written for one in caches], "dest")
        self._config = config
        self._real = {context.real(folder): folder for folder in folders}

    def refuse_sent(self, image: str, context: str, rules: Rules, ignore_file: str) -> None:
        """Raises config-invalid where an image's context (absolute, real) sends a cache to the builder."""
        for folder, named in self._real.items():
            inside = folder.removeprefix(f"{context}/")
            if inside != folder and sent(rules, [f"{inside}/{_INDEX}"]):
                message = (
                    f"{image}: the layer cache in {named} lies in the image's context: it would be sent to the "
                    "builder, and count as a changed input after each build"
                )
                place = self._config.origins.get("cache.local")
                fix = f"add the line {inside} to {ignore_file}, or keep the cache (cache.local, cache_to) elsewhere"
                raise BuildtoolError(CONFIG_INVALID, message, fix=fix, place=None if place == "default" else place)
