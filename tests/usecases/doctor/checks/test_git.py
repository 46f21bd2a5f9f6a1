from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from buildtool.core.facts import State
from buildtool.usecases.doctor.checks import git

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts


def test_a_checkout_in_order(parts: Parts) -> None:
    found = parts.look(git)
    assert {fact.state for fact in found.values()} == {State.OK}
    assert found["git", "branch"].evidence == '"main", from HEAD; a push now makes the tag main-aaaaaaa-1707300000'


def test_uncommitted_files_are_named(parts: Parts) -> None:
    parts.checkout.changes = tuple(f"file{number}" for number in range(7))
    fact = parts.look(git)["git", "work tree"]
    assert fact.state is State.WARNING
    assert "file0, file1, file2, file3, file4 and 2 more" in fact.evidence


def test_a_shallow_clone_on_a_runner_says_what_to_change_there(parts: Parts) -> None:
    parts.checkout.shallow = True
    parts.environment["GITHUB_EVENT_NAME"] = "push"
    fact = parts.look(git)["git", "history"]
    assert fact.state is State.WARNING
    assert "fetch-depth: 0" in fact.evidence
    assert fact.fix == "git fetch --unshallow"


def test_an_unknown_author(parts: Parts) -> None:
    parts.git.settings = {"user.name": "Ann"}
    fact = parts.look(git)["git", "identity"]
    assert fact.state is State.WARNING
    assert fact.fix == 'git config --global user.email "YOUR EMAIL"'


def test_the_environment_of_a_hook_is_noted(parts: Parts) -> None:
    parts.environment["GIT_INDEX_FILE"] = "/srv/shop/.git/index"
    assert "GIT_INDEX_FILE set" in parts.look(git)["git", "environment"].evidence


def test_what_a_tag_cannot_hold_is_said(parts: Parts) -> None:
    parts.checkout.branch = "feature/x"
    fact = parts.look(git)["git", "branch"]
    assert fact.state is State.WARNING
    assert "feature-x" in fact.evidence


def test_a_branch_that_makes_the_tags_of_another(parts: Parts) -> None:
    parts.checkout.branch = "release/1"
    parts.change(tag=dataclasses.replace(parts.config.tag, branches=("release-1",)))
    assert parts.look(git)["git", "branch"].state is State.FAILED


def test_a_checkout_that_is_a_release(parts: Parts) -> None:
    parts.checkout.branch, parts.checkout.tags = None, ("v1.2.3",)
    fact = parts.look(git)["git", "branch"]
    assert (fact.state, fact.evidence) == (State.OK, '"release v1.2.3", from HEAD; a push now makes the tag 1.2.3')


def test_a_shallow_clone_of_another_ci_system_hears_nothing_of_actions(parts: Parts) -> None:
    parts.checkout.shallow = True
    parts.environment |= {"GITLAB_CI": "true", "CI_COMMIT_SHA": "a" * 40, "CI_PIPELINE_SOURCE": "push"}
    fact = parts.look(git)["git", "history"]
    assert (fact.state, "actions/checkout" in fact.evidence) == (State.WARNING, False)
