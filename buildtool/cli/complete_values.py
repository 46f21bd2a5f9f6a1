"""What TAB offers for an argument. Called while somebody types: no word on stderr, no program, no network."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.cli.options import typed_before

if TYPE_CHECKING:
    import click


def image_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The images of buildtool.toml that begin so and are not typed yet; none where the file cannot be used."""
    from buildtool import config  # noqa: PLC0415 -- only for TAB
    from buildtool.errors import BuildtoolError  # noqa: PLC0415

    typed = ctx.params.get(param.name or "") or ()
    try:
        file = config.find(typed_before(ctx, "directory") or Path(), typed_before(ctx, "config"), os.environ)
        names = config.image_names(file) if file is not None else []
    except (BuildtoolError, OSError, ValueError):
        return []
    return [name for name in names if name.startswith(incomplete) and name not in typed]


def codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 -- click's signature
    """The codes of `buildtool explain` that begin so."""
    from buildtool.errors.catalogue import by_code  # noqa: PLC0415 -- only for TAB

    return [code for code in by_code() if code.startswith(incomplete)]
