"""The deploy branch on the remote: its head, the values at the setters, and who contains whom."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from buildtool.core.flux.setters import TOKEN
from buildtool.core.flux.tree.sources import Where
from buildtool.core.status.seen import BranchHead, Setters, SetterValue
from buildtool.errors import GIT_REMOTE, BuildtoolError
from buildtool.usecases.setter_history import SetterHistory
from buildtool.usecases.status.cluster_objects import Here

if TYPE_CHECKING:
    from buildtool.core.flux.automations import Automation
    from buildtool.core.flux.manifests import Manifests
    from buildtool.usecases.setter_history import Value
    from buildtool.usecases.status.questions import Git


class DeployBranch:
    """Asked for several images at once: git is run by one of them at a time, and a commit is read once."""

    def __init__(self, git: Git, manifests: Manifests) -> None:
        self._git = git
        self._manifests = manifests
        self._lock = threading.Lock()
        self._texts: tuple[str, dict[str, str]] = ("", {})
        self._values: dict[tuple[str, str], list[Value]] = {}

    def automations(self, policy: str | None) -> list[Automation]:
        """The automations of this repository that write the values of a policy."""
        return list(self._manifests.writing(policy)) if policy is not None else []

    def head(self, policy: str | None) -> BranchHead:
        """The branch that the policy's automation reads, or the remote's default one. Raises errors of kind git-*."""
        names = [one.checkout_branch for one in self.automations(policy) if one.checkout_branch]
        with self._lock:
            branch = self._git.fetch(names[0] if names else None)
            if branch is None:
                raise BuildtoolError(GIT_REMOTE, f"the remote has no branch {names[0] if names else '(HEAD)'}")
            commit = self._git.commit(branch.sha)
        return BranchHead(branch.name, branch.sha, commit.time if commit else None, commit.subject if commit else "")

    def here(self, policy: str | None, head: BranchHead) -> Here:
        """How Kustomizations of this repository are told from others."""
        prefix = "GitRepository "
        mine = [one.source for one in self.automations(policy) if one.where is Where.HERE]
        named = {source.removeprefix(prefix) for source in mine if source.startswith(prefix)}
        spaces = [str(policy).partition(":")[0], *(source.partition("/")[0] for source in sorted(named))]
        return Here(spaces, frozenset(named), head.branch)

    def setters(self, head: BranchHead, policy: str) -> Setters:
        """The tags at the setters of a policy that an automation of this repository reaches."""
        mine = self.automations(policy)
        with self._lock:
            values = [value for value in self._read(head.sha, policy) if self._reached(value.path, mine)]
            found = [self._value(value) for value in values]
        elsewhere = {one.push_branch for one in mine if one.push_branch not in {"", one.checkout_branch, head.branch}}
        return Setters(found, ", ".join(sorted(elsewhere)))

    def holds(self, commit: str, applied: str | None) -> bool | None:
        """Whether what is applied contains a commit; None where this clone cannot tell."""
        if applied is None:
            return False
        with self._lock:
            return commit == applied or self._git.is_ancestor(commit, applied)

    def _reached(self, path: str, automations: list[Automation]) -> bool:
        """Without an automation in this repository all of it may be reached by one that stands elsewhere."""
        if not self._manifests.automations:
            return True
        return any(one.covers(path) for one in automations)

    def _read(self, sha: str, policy: str) -> list[Value]:
        if self._texts[0] != sha:
            paths = self._git.holding(sha, TOKEN)
            read = {path: self._git.text(sha, path) for path in paths}
            self._texts = (sha, {path: text for path, text in read.items() if text is not None})
            self._values = {}
        if (sha, policy) not in self._values:
            self._values[sha, policy] = SetterHistory(self._git, self._texts[1], sha).values(policy)
        return self._values[sha, policy]

    def _value(self, value: Value) -> SetterValue:
        commit = self._git.commit(value.commit)
        return SetterValue(value.path, value.setter, value.tag, value.commit, commit.time if commit else None)
