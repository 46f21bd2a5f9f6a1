"""What makes a tree differ from its commit: what git lists, and what it was told not to look at.

Example: a submodule `lib` whose file `a` was edited gives `lib/a`; one that stands on another commit gives `lib`; a
file under `git update-index --assume-unchanged` gives `NAME (git update-index --assume-unchanged)`, changed or not: git
does not look at it, so nobody knows.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from buildtool.adapters.git.filters import switched_off

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.adapters.git.program import GitProgram

_DEEPEST = 16  # submodules within submodules
_SUBMODULE = "160000"  # its mode in the index
# Fields before the path in `git status --porcelain=v2`: 1 for changed, u for unmerged, ? for untracked.
_FIELDS = {"1": 8, "u": 10, "?": 1}
_ORDINARY = ("H 100", "H 120")  # a file or a link, without any flag
_ASSUMED, _SKIPPED = " (git update-index --assume-unchanged)", " (git update-index --skip-worktree)"


def changed_paths(program: GitProgram, depth: int = 0) -> Iterator[str]:
    """Changed, staged, untracked and hidden files, by their paths from the work tree's root, where `program` runs."""
    listed = program.read(
        *switched_off(program),
        "status",
        "--porcelain=v2",
        "-z",
        "--untracked-files=normal",
        "--ignore-submodules=dirty",
        "--no-renames",
    )
    for entry in filter(None, listed.split("\0")):
        yield entry.split(" ", _FIELDS.get(entry[0], 0))[-1]  # of a form of a newer git all is shown
    for entry in program.read("ls-files", "--stage", "-v", "-z", "--full-name").split("\0"):
        if entry and not entry.startswith(_ORDINARY):
            yield from _flagged(program, entry, depth)


def _flagged(program: GitProgram, entry: str, depth: int) -> Iterator[str]:
    """An entry `TAG MODE BLOB STAGE<tab>PATH` with a flag, or of a submodule."""
    information, _, path = entry.partition("\t")
    tag, mode, *_ = [*information.split(" "), ""]
    if tag.islower():
        yield path + _ASSUMED
    elif tag == "S" and not _left_out(program, path):
        yield path + _SKIPPED
    folder = os.path.join(program.directory, path)  # noqa: PTH118 -- as the paths of git are
    if mode == _SUBMODULE and depth < _DEEPEST and _is_checkout(folder):
        yield from (f"{path}/{inner}" for inner in changed_paths(program.at(folder), depth + 1))


def _left_out(program: GitProgram, path: str) -> bool:
    """Whether a file with the skip flag is merely not part of a sparse checkout."""
    if os.path.lexists(os.path.join(program.directory, path)):  # noqa: PTH118
        return False
    return (program.ask("config", "--type=bool", "--get", "core.sparseCheckout") or "").strip() == "true"


def _is_checkout(folder: str) -> bool:
    return not os.path.islink(folder) and os.path.lexists(os.path.join(folder, ".git"))  # noqa: PTH118
