"""The newest commit of the deploy branch, and everything that is asked about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import Config
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.tree.model import FluxTree
    from buildtool.core.status.station import Unseen
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.rollback.run import Rollback
    from buildtool.usecases.rollback.standing import Standings
    from buildtool.usecases.setter_history import CommitOf
    from buildtool.usecases.status.look import Look
    from buildtool.usecases.status.questions import Cluster


class ChangeOf(Protocol):
    """What one commit changed against its first parent, and who made it; see adapters.git.commit_change."""

    @property
    def sha(self) -> str: ...
    @property
    def parents(self) -> Sequence[str]: ...
    @property
    def author(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def paths(self) -> Sequence[str]: ...
    @property
    def others(self) -> Sequence[str]: ...


class CloneHistory(Protocol):
    """Commits and files of the clone; may raise errors of kind git-*."""

    def commits_of(self, path: str, revision: str, limit: int) -> Sequence[CommitOf]: ...
    def text(self, sha: str, path: str) -> str | None: ...
    def change(self, sha: str) -> ChangeOf | None: ...


class View(NamedTuple):
    """`head` is the full commit that `branch` stands on; `texts` are the files that Flux reads, by path."""

    branch: str
    head: str
    config: Config
    manifests: Manifests
    tree: FluxTree
    texts: Mapping[str, str]
    history: CloneHistory
    live: LiveTags
    standings: Standings
    rollback: Rollback
    look: Look
    cluster: Cluster | Unseen


class DeployBranchViews(Protocol):
    """The deploy branch on its remote."""

    def newest(self) -> View:
        """The branch as it stands there now; raises what git, the configuration and the manifests raise."""
        ...
