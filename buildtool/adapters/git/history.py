"""History through GitPython: how to name a commit, and what changed between two. It knows no SHA-256 repositories."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import git

from buildtool.errors import GIT_FAILED, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SHA = re.compile(r"[0-9a-f]{4,64}")
_ENVIRONMENT = threading.Lock()


@dataclass(frozen=True, slots=True)
class Commit:
    """`time` is unix seconds, `subject` the first line of the message."""

    sha: str
    time: int
    subject: str


class GitHistory:
    """Every method takes shas that may come from anywhere, a label in a registry too; unknown ones give None."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self.environ = environ

    def commit(self, sha: str) -> Commit | None:
        with self._repo() as repo:
            found = _commit(repo, sha)
            if found is None:
                return None
            message = found.message if isinstance(found.message, str) else found.message.decode("utf-8", "replace")
            return Commit(found.hexsha, found.committed_date, message.strip().partition("\n")[0])

    @contextlib.contextmanager
    def _repo(self) -> Iterator[git.Repo]:
        """The repository, with failures translated. GitPython reads os.environ itself, so that is ours meanwhile."""
        with _ENVIRONMENT, _environment(self.environ):
            try:
                with git.Repo(self.root) as repo:
                    yield repo
            except (git.GitError, git.ODBError, ValueError, OSError) as error:
                words = " ".join(str(error).split())
                raise BuildtoolError(GIT_FAILED, f"reading the history of {self.root}: {words[:500]}") from error


def _commit(repo: git.Repo, sha: str) -> git.Commit | None:
    """The commit of that name, or None for anything this clone does not hold."""
    if not _SHA.fullmatch(sha):
        return None
    try:
        return repo.commit(sha)
    except (git.BadName, git.BadObject, ValueError, IndexError, git.GitCommandError):
        return None


@contextlib.contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environ)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
