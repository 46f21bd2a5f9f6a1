"""What `check` takes from buildtool.toml: its settings, and its mistakes as findings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.core.findings import Finding
    from buildtool.core.lint.settings import Settings


def read_settings(
    path: Path | None, root: Path, environment: Mapping[str, str]
) -> tuple[Settings | None, list[Finding]]:
    """No file: no settings, and the rules that compare with them are silent. Mistakes: no settings, and a finding each."""
    if path is None or not path.exists():
        return None, []
    from buildtool.config import ConfigError, load  # noqa: PLC0415 -- 20 ms that a tree without one need not pay
    from buildtool.core.findings import Place  # noqa: PLC0415
    from buildtool.core.lint.configuration import INVALID  # noqa: PLC0415
    from buildtool.errors import BuildtoolError  # noqa: PLC0415
    from buildtool.usecases.check import settings_of  # noqa: PLC0415

    shown = os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")
    try:
        return settings_of(load(path, environment), shown), []
    except ConfigError as error:
        lines = [mistake.place.rpartition(":")[2] for mistake in error.mistakes]
        places = [Place(shown, int(line) if line.isdecimal() else 1) for line in lines]
        texts = [": ".join(part for part in (mistake.key, mistake.text) if part) for mistake in error.mistakes]
        return None, [INVALID.at(place, text) for place, text in zip(places, texts, strict=True)]
    except BuildtoolError as error:
        return None, [INVALID.at(Place(shown), error.message)]
