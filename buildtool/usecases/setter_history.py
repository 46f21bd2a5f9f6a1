"""The git history of the values at a policy's setter markers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from buildtool.core.flux.setters import markers
from buildtool.errors import BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from buildtool.core.flux.setters import Marker

_COMMITS = 50  # of a file, from the newest: an older change is no target of a rollback


class CommitOf(Protocol):
    """One commit of a path."""

    @property
    def sha(self) -> str: ...


class Log(Protocol):
    """Commits and files of one repository; may raise errors of kind git-*."""

    def commits_of(self, path: str, revision: str, limit: int) -> Sequence[CommitOf]:
        """The last commits that changed a path, the newest first."""
        ...

    def text(self, sha: str, path: str) -> str | None:
        """A file of a commit; None where it is none there."""
        ...


class Value(NamedTuple):
    """A value at a setter: the tag it names, and the commit that wrote it."""

    path: str
    setter: str
    tag: str
    commit: str


class SetterHistory:
    """`texts` are the files with setters, by path; `revision` is the commit from which the history is read."""

    def __init__(self, log: Log, texts: Mapping[str, str], revision: str) -> None:
        self._log = log
        self._texts = texts
        self._revision = revision

    def tag(self, policy: str, current: str) -> str | None:
        """The tag that the commit which wrote `current` for this policy replaced.

        None where nobody knows: no setter, another value there now, a history that is cut or cannot be read.
        """
        try:
            return next((tag for path in self._files(policy) if (tag := self._replaced(path, policy, current))), None)
        except BuildtoolError:
            return None

    def values(self, policy: str) -> list[Value]:
        """The tags that stand at the setters of a policy in that revision, and the commits that wrote them."""
        return [value for path in self._files(policy) for value in self._now(path, policy)]

    def replaced(self, value: Value, parent: str) -> str:
        """The tag that stood at the setter in `parent`, the commit before the one that wrote the value; "" for none."""
        return tags_at(self._log.text(parent, value.path) or "", value.path, _policy(value)).get(value.setter, "")

    def _files(self, policy: str) -> list[str]:
        return [path for path, text in self._texts.items() if policy in text and tags_at(text, path, policy)]

    def _replaced(self, path: str, policy: str, current: str) -> str | None:
        wrote = False
        for commit in self._log.commits_of(path, self._revision, _COMMITS):
            tags = tags_at(self._log.text(commit.sha, path) or "", path, policy).values()
            if current in tags:
                wrote = True
            elif wrote:
                return next(iter(tags), None)
        return None

    def _now(self, path: str, policy: str) -> Iterable[Value]:
        text = self._log.text(self._revision, path)
        for setter, tag in tags_at(text or "", path, policy).items():
            yield Value(path, setter, tag, self._written(path, policy, setter, tag))

    def _written(self, path: str, policy: str, setter: str, tag: str) -> str:
        """The commit since which this value stands there."""
        since = self._revision
        for commit in self._log.commits_of(path, self._revision, _COMMITS):
            if tags_at(self._log.text(commit.sha, path) or "", path, policy).get(setter) != tag:
                break
            since = commit.sha
        return since


def _policy(value: Value) -> str:
    return ":".join(value.setter.split(":")[:2])


def tags_at(text: str, path: str, policy: str) -> dict[str, str]:
    """The tag at each setter of the policy in a file, by `namespace:name[:suffix]`."""
    found = {}
    for marker in markers(text, path):
        if marker.seen and f"{marker.namespace}:{marker.name}" == policy and (tag := _tag(marker)):
            found[marker.setter] = tag
    return found


def _tag(marker: Marker) -> str:
    """The tag in the value: all of it for `:tag`, its end for a whole reference; "" for a name or a digest."""
    value = (marker.value or "").partition("@")[0]
    if marker.suffix == "tag":
        return value
    name, colon, tag = value.rpartition(":")
    return tag if not marker.suffix and colon and name and "/" not in tag else ""
