"""What one commit changed, and who made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.errors import GIT_FAILED, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.git.program import GitProgram

_FORMAT = "%H%x00%P%x00%an%x00%ae"
_FILE = "100644"
_FIELDS = 4


@dataclass(frozen=True, slots=True)
class CommitChange:
    """`author` and `email` are of whom the commit says made it; `parents` full commits.

    `paths` differ from the first parent: files that stayed plain files. `others` came, went, or changed their kind.
    """

    sha: str
    parents: Sequence[str]
    author: str
    email: str
    paths: Sequence[str]
    others: Sequence[str]


def read_change(program: GitProgram, sha: str) -> CommitChange | None:
    """None for a commit that this clone does not hold."""
    if not program.is_commit(sha):
        return None
    arguments = ("--no-patch", "--max-count=1", "--encoding=UTF-8", f"--format={_FORMAT}", sha, "--")
    fields = program.read("log", *arguments).rstrip("\n").split("\0")
    if len(fields) != _FIELDS:
        raise BuildtoolError(GIT_FAILED, f"git log printed something else than a commit and its author: {fields!r:.80}")
    full, parents, author, email = fields
    paths, others = _paths(program, full, parents.split())
    return CommitChange(full, parents.split(), author, email, paths, others)


def _paths(program: GitProgram, sha: str, parents: Sequence[str]) -> tuple[list[str], list[str]]:
    """Read `:OLDMODE NEWMODE OLD NEW STATUS`, NUL, path, NUL, again and again."""
    between = (parents[0], sha) if parents else ("--root", sha)
    options = ("-r", "-z", "--raw", "--no-renames", "--no-commit-id", "--no-ext-diff", "--ignore-submodules=none")
    listed = program.read("diff-tree", *options, *between).split("\0")
    paths: list[str] = []
    others: list[str] = []
    for information, path in zip(listed[::2], listed[1::2], strict=False):
        old, new, _, _, status = information.removeprefix(":").split(" ")
        (paths if status == "M" and old == new == _FILE else others).append(path)
    return paths, others
