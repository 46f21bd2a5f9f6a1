"""Values that the configuration names and that are not there (secrets, ssh, arguments): refused before the build.

The build itself would go on without, with an empty secret or argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.build.secret_source import secret_source
from buildtool.errors import CONFIG_INVALID, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from buildtool.config import Config, ImageConfig
    from buildtool.usecases.ports import SecretValues


def require_values(config: Config, images: Iterable[ImageConfig], values: SecretValues) -> None:
    """Raise config-invalid, with the place, for the first secret, ssh agent or key, or argument without a value."""
    for image in images:
        for key, entry, message in _missing(image, values):
            raise BuildtoolError(
                CONFIG_INVALID,
                f"images.{image.name}: {message}",
                fix=f"set it, or take {entry!r} out of images.{image.name}.{key}",
                place=config.origins.get(f"images.{image.name}.{key}"),
            )


def _missing(image: ImageConfig, values: SecretValues) -> Iterator[tuple[str, str, str]]:
    """The key, the entry of it, and what is missing."""
    for declared in image.secrets:
        reason = values.missing(declared)
        if reason is not None:
            yield "secrets", declared, f"the secret {secret_source(declared).name!r} has no value: {reason}"
    for declared in image.ssh:
        reason = values.missing_ssh(declared)
        if reason is not None:
            yield "ssh", declared, f"the ssh agent or key {declared.partition('=')[0]!r} is not there: {reason}"
    for name, one in image.environment_args.items():
        if one.value is None:
            reason = f"the environment variable {one.variable} is not set"
            yield "args", name, f"the build argument {name} has no value: {reason}"
