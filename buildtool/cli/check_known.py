"""What `check` leaves out: the findings of a baseline file, and those of the commit that a change began at."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters.document_file import DocumentFile
from buildtool.cli.check_settings import config_of, read_settings, settings_of_text
from buildtool.cli.stdin import read_file
from buildtool.core.flux.lint import relevance
from buildtool.core.flux.unreadable import UnreadableError
from buildtool.core.text.units import counted
from buildtool.errors import BASELINE_INVALID, BuildtoolError, Exit
from buildtool.usecases.check.baseline import as_document, from_document
from buildtool.usecases.check.known import Remaining, identities, without_baseline, without_old
from buildtool.usecases.check.run import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.adapters.git.base import GitBase
    from buildtool.adapters.git.committed import CommittedFiles
    from buildtool.cli.wiring import Wiring
    from buildtool.core.flux.lint.settings import Settings
    from buildtool.errors.findings import Finding
    from buildtool.usecases.check.identity import Identity
    from buildtool.usecases.check.run import Checked

_LARGEST = 64 << 20  # bytes of a baseline: some 200,000 findings
_NAME = "buildtool.toml"


def write(wiring: Wiring, checked: Checked, file: Path) -> Exit:
    """Write the findings as a baseline; raises usage where the file cannot be written."""
    with DocumentFile(wiring.directory / file) as target:
        target.write(as_document(identities(checked)))
    count = len(checked.findings)
    wiring.output.say(f"{counted(count, 'finding')} written to {file}; leave them out with --baseline {file}")
    return Exit.OK


def remaining(
    wiring: Wiring, checked: Checked, given: Sequence[str] | None, base: str | None, baseline: Path | None
) -> Remaining:
    """Less what the baseline holds and what BASE had; raises baseline-invalid, or an error of kind git-*."""
    left = Remaining(checked)
    if baseline is not None:
        left = without_baseline(left, _read(wiring.directory / baseline), given)
    if base is not None:
        before = _base(wiring, base)
        left = without_old(left, lambda: _checked(wiring, before.files), lambda: before.renames)
    return left


def _read(file: Path) -> list[Identity]:
    name = str(file)
    try:
        return from_document(json.loads(read_file(name, _LARGEST)), name)
    except (ValueError, RecursionError):
        raise BuildtoolError(BASELINE_INVALID, f"{name} is not JSON") from None


def _base(wiring: Wiring, name: str) -> GitBase:
    from buildtool.adapters.git.base import GitBase  # noqa: PLC0415 -- a baseline needs no git

    found = GitBase(wiring.repository_root, wiring.environment, name, _is_read)
    found.sha  # noqa: B018 -- a wrong name is an error, whatever is found
    return found


def _is_read(path: str) -> bool:
    """Whether a whole check reads the file."""
    return relevance.is_yaml(path) or relevance.may_hold_a_marker(path) or path.endswith(".sh")


def _checked(wiring: Wiring, files: CommittedFiles) -> Checked:
    settings, known = _settings(wiring, files)
    return check(files, settings, known=known)


def _settings(wiring: Wiring, files: CommittedFiles) -> tuple[Settings | None, list[Finding]]:
    """Of the buildtool.toml that the commit has; of the one that is there now where it stands outside the tree."""
    places = list(_places(wiring))
    if not places:
        return read_settings(config_of(wiring), wiring.repository_root, {})
    there = set(files.paths())
    place = next((place for place in places if place in there), None)
    if place is None:
        return None, []
    try:
        data = files.read(place)
    except UnreadableError:
        return None, []
    return settings_of_text(data, place, there)


def _places(wiring: Wiring) -> Iterator[str]:
    """Where the configuration may stand, relative to the repository's root; nothing where it is outside."""
    root = Path(os.path.realpath(wiring.repository_root))
    named = config_of(wiring)
    here = Path(os.path.realpath(wiring.directory))
    files = [named] if named is not None else [folder / _NAME for folder in (here, *here.parents)]
    for file in files:
        folder = Path(os.path.realpath(file.parent))
        if folder.is_relative_to(root):
            yield (folder / file.name).relative_to(root).as_posix()
