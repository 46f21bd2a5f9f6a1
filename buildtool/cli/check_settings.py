"""buildtool.toml for `check` -> the settings that rules need, and its mistakes as findings."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.cli.wiring import Wiring
    from buildtool.core.flux.lint.settings import Settings
    from buildtool.errors.findings import Finding


def read_settings(
    path: Path | None, root: Path, environment: Mapping[str, str]
) -> tuple[Settings | None, list[Finding]]:
    """The settings, and a finding for each mistake; no settings where there is no file, or one with mistakes."""
    if path is None or not os.path.lexists(path):
        return None, []
    from buildtool.config import ConfigError, load  # noqa: PLC0415 -- 20 ms that a tree without one need not pay
    from buildtool.errors import BuildtoolError  # noqa: PLC0415
    from buildtool.errors.findings import Place  # noqa: PLC0415
    from buildtool.errors.rules_configuration import INVALID  # noqa: PLC0415
    from buildtool.usecases.check.run import settings_of  # noqa: PLC0415

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


def settings_of_text(data: bytes, place: str, paths: Iterable[str]) -> tuple[Settings | None, list[Finding]]:
    """The same of a buildtool.toml that is not on the disk: its bytes, its path, and the files of its repository."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for path in paths:  # the reader looks whether Dockerfiles and folders are there
            above, _, base = path.rpartition("/")
            name = base.encode("utf-8", "surrogateescape")
            if ".." in path.split("/"):
                continue
            if above and above.partition("/")[0].encode("utf-8", "surrogateescape") in data:
                (root / above).mkdir(parents=True, exist_ok=True)
            if name in data or b"ockerfile" in name or b"ontainerfile" in name:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).touch()
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(data)
        return read_settings(root / place, root, {})


def config_of(wiring: Wiring) -> Path | None:
    """The configuration that is named, or stands here or above; raises config-missing for a named one that is not."""
    if wiring.config_file is None and "BUILDTOOL_CONFIG" not in wiring.environment:
        return find(wiring.directory)
    path = wiring.config_path
    if path is not None and not os.path.lexists(path):
        from buildtool.errors import CONFIG_MISSING, BuildtoolError  # noqa: PLC0415

        raise BuildtoolError(CONFIG_MISSING, f"there is no file {path}", fix="correct --config or BUILDTOOL_CONFIG")
    return path


def find(directory: Path) -> Path | None:
    """buildtool.toml here or in a folder above, up to the root of the git repository, as `buildtool.config.find`."""
    here = directory.absolute()
    for folder in (here, *here.parents):
        if os.path.lexists(folder / "buildtool.toml"):
            return folder / "buildtool.toml"
        if os.path.lexists(folder / ".git"):
            return None
    return None
