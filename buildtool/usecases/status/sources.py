"""What is asked about images on their way, as Protocols; and a question that is given up after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from buildtool.core.status.station import Unseen
from buildtool.errors import BuildtoolError
from buildtool.usecases.side_by_side import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from buildtool.core.status.observed import Health
    from buildtool.usecases.setter_history import CommitOf

T = TypeVar("T")


class HeadOf(Protocol):
    """A branch of the remote, and the full commit it stands on."""

    @property
    def name(self) -> str: ...
    @property
    def sha(self) -> str: ...


class CommitFacts(Protocol):
    """A commit: unix seconds, and the first line of its message."""

    @property
    def time(self) -> int: ...
    @property
    def subject(self) -> str: ...


class Git(Protocol):
    """The remote's branches and this clone's history; may raise errors of kind git-*. The checkout does not change."""

    def fetch(self, branch: str | None) -> HeadOf | None:
        """The branch as it stands on the remote, its commits brought here; without a name its default branch."""
        ...

    def holding(self, sha: str, text: str) -> Sequence[str]:
        """Paths of the files of a commit that hold a text."""
        ...

    def text(self, sha: str, path: str) -> str | None:
        """A file of a commit; None where it is none there."""
        ...

    def commits_of(self, path: str, revision: str, limit: int) -> Sequence[CommitOf]:
        """The last commits that changed a path, the newest first."""
        ...

    def commit(self, sha: str) -> CommitFacts | None:
        """None for a commit that this clone does not know."""
        ...

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        """Whether `newer` is or contains `older`; None where this clone does not know."""
        ...


class Cluster(Protocol):
    """The API server; may raise cluster-unknown."""

    def get(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None: ...
    def every(
        self, kind: str, namespace: str, labels: Mapping[str, str] | None = None
    ) -> Sequence[Mapping[str, Any]]: ...


class HealthAnswers(Protocol):
    """Health URLs; may raise health-unknown."""

    def ask(self, url: str, key: str) -> Health: ...


class Sources(NamedTuple):
    """Who is asked. `cluster` says why none is asked, where none is."""

    git: Git
    cluster: Cluster | Unseen
    health: HealthAnswers


def asked(call: Callable[[], T], seconds: float, whom: str) -> T | Unseen:
    """The answer, or why there is none: an error, or no end of it within the time."""
    task = Task(call)
    task.wait(seconds)
    if not task.done:
        return Unseen(f"{whom} did not answer within {seconds:.0f} s")
    try:
        return task.result()
    except BuildtoolError as error:
        place = f"{error.place}: " if error.place and error.place not in error.message else ""
        return Unseen(f"{place}{error.message}", fix=error.fix)
