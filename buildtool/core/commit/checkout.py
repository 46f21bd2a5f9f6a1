"""The facts of a checkout, as values: commit, branch, changed files, address of the repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import shown
from buildtool.errors import DIRTY_TREE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.errors.findings import Finding

_NAMED = 5  # changed files a message lists
_PATH = r"(?P<path>[^:@\\\s][^@\\\s]*)"  # with an @ it may hold the end of a password
_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]+):(?!//)" + _PATH)
_HOST = r"(?:[^/]*@)?(?P<host>\[[^\]/]+\]|[^:/@]+)(?P<port>:[0-9]+)?"
_URL = re.compile(r"(?P<scheme>https?|ssh|git)://" + _HOST + "/" + _PATH)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a checkout stands.

    `sha`: the full commit, None where there is none yet; `branch`: None when detached; `dirty`: whether files differ;
    `tags`: the git tags of that commit.
    """

    sha: str | None
    branch: str | None
    dirty: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkout:
    """One checkout now.

    `root` is its absolute path; `sha` the full commit of HEAD; `branch` the branch HEAD stands on, None when detached;
    `changes` the paths that differ from the commit, or may differ without git saying so (see `uncommitted`);
    `commit_time` unix seconds; `source` the repository's address for labels, without user or password, None when there
    is none to show; `tags` the git tags of the commit, annotated ones too.
    """

    root: str
    sha: str
    branch: str | None
    changes: tuple[str, ...]
    shallow: bool
    commit_time: int
    source: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def dirty(self) -> bool:
        return bool(self.changes)

    @property
    def head(self) -> Head:
        return Head(self.sha, self.branch, self.dirty, self.tags)


def uncommitted(changes: Sequence[str]) -> Iterator[Finding]:
    """dirty-tree: files that differ from the commit (paths from the root), the first few by name.

    Where buildtool.toml is among them, as after `buildtool init`, the fix is the command that commits all of them.
    """
    if changes:
        named = ", ".join(shown(path) for path in changes[:_NAMED])
        more = f" and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
        yield DIRTY_TREE.at(None, f"uncommitted: {named}{more}", fix=_commit_all(changes))


def ignored_configuration(path: str) -> str:
    """What a push says where git ignores the buildtool.toml it follows (a path from the root).

    It is a warning and no refusal: a run of CI may write its buildtool.toml itself.
    """
    name = shown(path)
    return f"{name} is ignored by git: a fresh clone of this commit has no such file (git add --force -- {name})"


def _commit_all(changes: Sequence[str]) -> str:
    """`commit buildtool.toml: git add --all && git commit …`, right in any folder; "" where it is not among them."""
    config = next((path for path in changes if path.rpartition("/")[2] == "buildtool.toml"), "")
    return config and f"commit {shown(config)}: git add --all && git commit -m 'Add buildtool'"


def source_url(remote: str) -> str | None:
    """A remote as an address a person can open: `git@host:owner/repo.git` is https://host/owner/repo.

    None for a path on this machine. User, password and query never survive.
    """
    found = _URL.fullmatch(remote.strip()) or (None if "://" in remote else _SCP.fullmatch(remote.strip()))
    if not found or not found["path"].strip("/"):
        return None
    parts = found.groupdict()
    web = parts.get("scheme") in {"http", "https"}
    path = re.split(r"[?#]", found["path"])[0].strip("/").removesuffix(".git")
    return f"{parts['scheme'] if web else 'https'}://{found['host']}{(parts.get('port') or '') if web else ''}/{path}"
