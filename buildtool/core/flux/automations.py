"""An ImageUpdateAutomation as a value: which files it writes, and which policies it takes the tags from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.flux.tree.sources import Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.errors.findings import Place


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of a selector's matchExpressions."""

    key: str
    operator: str
    values: frozenset[str]

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected; an operator that Kubernetes does not have takes none."""
        value = labels.get(self.key)
        answers = {
            "In": value is not None and value in self.values,
            "NotIn": value is None or value not in self.values,
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }
        return answers.get(self.operator, False)


def selects(wanted: Mapping[str, str], expressions: Iterable[Requirement], labels: Mapping[str, str]) -> bool:
    """Whether a selector, its matchLabels and matchExpressions, takes an object with these labels."""
    return wanted.items() <= labels.items() and all(one.takes(labels) for one in expressions)


@dataclass(frozen=True, slots=True)
class Automation:
    """An ImageUpdateAutomation: `path` is relative to the root ("" is all of it), `push_branch` what it writes to.

    `checkout_branch` is the branch that it reads, "" where it says none.
    `where` says whether it works on this repository, which its sourceRef names (`source`, as `kind namespace/name`);
    `worlds` are the clusters that it runs in, `message` is the template of its commit messages, `author` the name (""
    for none) and email that its commits have.
    """

    namespace: str
    name: str
    path: str
    checkout_branch: str
    push_branch: str
    selector: Mapping[str, str]
    place: Place
    expressions: tuple[Requirement, ...] = ()
    where: Where = Where.HERE
    worlds: frozenset[str] = frozenset()
    message: str = ""
    source: str = ""
    suspended: bool = False
    author: tuple[str, str] = ("", "")

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether its policySelector takes a policy with these labels."""
        return selects(self.selector, self.expressions, labels)

    def covers(self, path: str) -> bool:
        """Whether a file is below its path."""
        return not self.path or path == self.path or path.startswith(f"{self.path}/")

    def wrote(self, name: str, email: str) -> bool:
        """Whether a commit of this author is its own; False for an automation that names no email, as the API wants."""
        own_name, own_email = self.author
        return bool(own_email) and email == own_email and own_name in {"", name}

    @property
    def key(self) -> str:
        return f"{self.namespace}:{self.name}"
