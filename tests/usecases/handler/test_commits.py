"""Whose commit it is that wrote a tag, and what else it changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.manifests import find_policies
from buildtool.usecases.handler.commits import edited_since, human_reason
from tests.support.alerted_site import AUTOMATION, DEPLOYMENT
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.usecases.setter_history import CommitOf

PATH = "apps/web/deployment.yaml"
OLD = DEPLOYMENT.format(name="web", registry="127.0.0.1:1")
NEW = OLD.replace("main-0000000-1700000000", "main-abc1234-1700000001")
PARENT, COMMIT = "a" * 40, "b" * 40
FILES = {"policy.yaml": POLICY.format(name="web", registry="127.0.0.1:1"), "automation.yaml": AUTOMATION, PATH: OLD}


@dataclass(frozen=True)
class Change:
    """The automation's own commit, until a test says otherwise."""

    sha: str = COMMIT
    parents: Sequence[str] = (PARENT,)
    author: str = "Flux Bot"
    email: str = "fluxbot@example.invalid"
    paths: Sequence[str] = (PATH,)
    others: Sequence[str] = ()


@dataclass(frozen=True)
class Texts:
    """Files by commit and path."""

    files: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def commits_of(self, path: str, revision: str, limit: int) -> Sequence[CommitOf]:
        raise AssertionError("a commit's reason needs the files alone")

    def text(self, sha: str, path: str) -> str | None:
        return self.files.get((sha, path))

    def change(self, sha: str) -> Change | None:
        raise AssertionError("a commit's reason needs the files alone")


def reason(change: Change, after: str = NEW, **more: str) -> str:
    manifests = find_policies((FILES | more).items(), FILES)
    history = Texts({(PARENT, PATH): OLD, (COMMIT, PATH): after})
    return human_reason(history, manifests, "flux-system:web", change)


def test_the_automations_own() -> None:
    assert reason(Change()) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(parents=()), "is a merge or begins the history"),
        (Change(parents=(PARENT, COMMIT)), "is a merge or begins the history"),
        (Change(author="Eve"), "is by Eve <fluxbot@example.invalid>"),
        (Change(email="eve@example.invalid"), "is by Flux Bot <eve@example.invalid>"),
        (Change(others=("run.sh",)), "changes more than values"),
        (Change(paths=(PATH, "README.md")), "changes more than values"),
        (Change(paths=()), "changes more than values"),
        (Change(paths=tuple(f"{n}.yaml" for n in range(201))), "changes more than values"),
    ],
)
def test_somebody_elses(change: Change, words: str) -> None:
    assert words in reason(change)


@pytest.mark.parametrize("after", [NEW.replace("replicas: 1", "replicas: 9"), NEW + "# note\n", ""])
def test_more_than_a_value(after: str) -> None:
    assert "changes more than values" in reason(Change(), after)


def test_an_automation_that_names_no_author_owns_nothing() -> None:
    nameless = AUTOMATION.replace("        email: fluxbot@example.invalid\n", "")
    assert "not by the image automation" in reason(Change(), **{"automation.yaml": nameless})
    assert "not by the image automation" in reason(replace(Change(), email=""), **{"automation.yaml": nameless})


def test_an_email_alone_is_enough_where_no_name_is_given() -> None:
    unnamed = AUTOMATION.replace("        name: Flux Bot\n", "")
    assert reason(Change(author="anybody"), **{"automation.yaml": unnamed}) == ""


def test_what_was_changed_after_the_tag() -> None:
    manifests = find_policies(FILES.items(), FILES)

    def edited(after: str | None, *, other: str = "a: 1\n", head: str = COMMIT) -> str:
        files = {(PARENT, PATH): OLD, (PARENT, "other.yaml"): "a: 1\n", (COMMIT, "other.yaml"): other}
        history = Texts(files | ({(COMMIT, PATH): after} if after is not None else {}))
        return edited_since(history, manifests, {PATH, "other.yaml"}, PARENT, head)

    assert edited(OLD) == ""
    assert edited(NEW) == ""  # a value at a setter, of another commit of the automation
    assert edited(NEW.replace("replicas: 1", "replicas: 9")) == PATH
    assert edited(None) == PATH
    assert edited(NEW, other="a: 2\n") == "other.yaml"
    assert edited(NEW, other="a: 2\n", head=PARENT) == ""
