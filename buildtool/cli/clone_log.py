"""The history of this clone and the branches of its remote, as `usecases` ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.git import GitRepo
    from buildtool.adapters.git.commit_change import CommitChange
    from buildtool.adapters.git.history import Commit
    from buildtool.adapters.git.remote import RemoteBranch


class CloneLog:
    """Every method may raise an error of kind git-*."""

    def __init__(self, repo: GitRepo) -> None:
        self._repo = repo

    def fetch(self, branch: str | None) -> RemoteBranch | None:
        return self._repo.remote.fetch(branch)

    def holding(self, sha: str, text: str) -> Sequence[str]:
        return self._repo.remote.holding(sha, text)

    def text(self, sha: str, path: str) -> str | None:
        return self._repo.remote.text(sha, path)

    def commits_of(self, path: str, revision: str, limit: int) -> Sequence[Commit]:
        return self._repo.history.commits_of(path, revision, limit)

    def change(self, sha: str) -> CommitChange | None:
        return self._repo.change(sha)

    def commit(self, sha: str) -> Commit | None:
        return self._repo.history.commit(sha)

    def subject(self, sha: str) -> str | None:
        commit = self.commit(sha)
        return commit.subject if commit else None

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        return self._repo.is_ancestor(older, newer)
