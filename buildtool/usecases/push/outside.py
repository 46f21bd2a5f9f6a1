"""What a configuration reads or writes outside of the repository: named in the plan, refused in CI."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.build.cache_options import local_cache
from buildtool.core.build.definition import TARGET
from buildtool.core.build.local_paths import layout_folder
from buildtool.core.build.run_settings import ssh_paths
from buildtool.core.build.secret_source import secret_source
from buildtool.errors import OUTSIDE_REPOSITORY, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.usecases.ports import Context

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Outside:
    """One path outside of the repository: the image and key that name it, and `path` as it is on this machine.

    `access` is `read` or `write`. `image` is "" for a key of the whole file.
    """

    image: str
    key: str
    path: str
    access: str

    def __str__(self) -> str:
        verb = "writes" if self.access == "write" else "reads"
        return f"{self.image}: {self.key} {verb} {self.path}".removeprefix(": ")

    @property
    def setting(self) -> str:
        """The key from the top of the file."""
        return f"images.{self.image}.{self.key}" if self.image else self.key

    def document(self) -> dict[str, str]:
        """The form for JSON."""
        return {"image": self.image, "key": self.key, "path": self.path, "access": self.access}


def outside(config: Config, images: Sequence[ImageConfig], context: Context, root: str) -> list[Outside]:
    """Every path that these images name and that is not below `root`, the repository's, when links are followed."""
    top = context.real(root).rstrip("/") + "/"
    named = [(image.name, *one) for image in images for one in _named(image)]
    if config.cache.local is not None:
        named.append(("", "cache.local", config.cache.local, "write"))
    found = []
    for image_name, key, written, access in named:
        path = context.real(os.path.normpath(config.root / written))
        if not (path + "/").startswith(top):
            found.append(Outside(image_name, key, path, access))
    return found


def require_inside(found: Sequence[Outside], config: Config) -> None:
    """Raises outside-repository where there is any; the place is the line or variable of the first."""
    if not found:
        return
    origin = config.origins.get(found[0].setting)
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise BuildtoolError(
        OUTSIDE_REPOSITORY,
        "; ".join(str(one) for one in found[:_SHOWN]) + more,
        place=None if origin == "default" else origin,
    )


def _named(image: ImageConfig) -> Iterator[tuple[str, str, str]]:
    """The paths of an image as they are written: the key, the path, and what is done with it."""
    yield "context", image.context, "read"
    yield "dockerfile", image.dockerfile, "read"
    for source in image.contexts.values():
        layout = layout_folder(source)
        if layout is not None:
            yield "contexts", layout, "read"
        elif "://" not in source and not source.startswith(TARGET):
            yield "contexts", source, "read"
    for declared in image.secrets:
        file = secret_source(declared).file
        if file:
            yield "secrets", file, "read"
    for declared in image.ssh:
        yield from (("ssh", path, "read") for path in ssh_paths(declared))
    for key, caches, field, access in (
        ("cache_from", image.cache_from, "src", "read"),
        ("cache_to", image.cache_to, "dest", "write"),
    ):
        for cache in caches:
            path = local_cache(cache, field)
            if path is not None:
                yield key, path, access
