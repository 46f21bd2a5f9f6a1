from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from buildtool.config import PushConfig
from buildtool.core.facts import State
from buildtool.errors import REGISTRY_DENIED, BuildtoolError
from buildtool.usecases.doctor.checks import policies
from tests.usecases.doctor.conftest import HOST

if TYPE_CHECKING:
    from tests.usecases.doctor.conftest import Parts


def test_a_sound_policy(parts: Parts) -> None:
    found = parts.look(policies)
    assert {fact.state for fact in found.values()} == {State.OK}
    assert found["web", "policy"].evidence.startswith("flux-system:web, deploy/web.yaml:")


def test_an_image_without_a_policy(parts: Parts) -> None:
    parts.change(images={"web": dataclasses.replace(parts.config.images["web"], policy=None)})
    assert parts.look(policies)["web", "policy"].state is State.SKIPPED


def test_a_policy_that_watches_another_registry(parts: Parts) -> None:
    parts.policy = parts.policy.replace(HOST, "registry.example")
    fact = parts.look(policies)["web", "policy"]
    assert fact.state is State.WARNING
    assert "watches registry.example/web" in fact.evidence


def test_a_pattern_that_is_none_is_one_failure(parts: Parts) -> None:
    parts.policy = parts.policy.replace("^main-", "^main-(?=x)")
    found = parts.look(policies)
    assert [fact.state for fact in found.values()].count(State.FAILED) == 1
    assert found["web", "takes this branch"].state is State.SKIPPED


def test_a_policy_for_no_deploy_branch_fails_on_every_branch(parts: Parts) -> None:
    parts.policy = parts.policy.replace("^main-", "^production-")
    parts.checkout.branch = "feature"
    assert parts.look(policies)["web", "takes this branch"].state is State.FAILED


@pytest.mark.parametrize(
    ("tags", "versions", "state", "words"),
    [
        ((), ">=1.0.0", State.WARNING, "it deploys releases"),
        (("v1.2.3",), ">=1.0.0", State.OK, "1.2.3"),
        (("v0.1.0",), ">=1.0.0", State.FAILED, "'0.1.0' is outside the range '>=1.0.0'"),
    ],
)
def test_a_policy_of_versions(parts: Parts, tags: tuple[str, ...], versions: str, state: State, words: str) -> None:
    """The build of a branch is not meant for it; a release that it refuses is a failure."""
    parts.policy = parts.policy.split("  filterTags:")[0] + f"  policy:\n    semver:\n      range: '{versions}'\n"
    parts.checkout.tags = tags
    parts.checkout.branch = None if tags else "main"
    fact = parts.look(policies)["web", "takes this branch"]
    assert (fact.state, words in fact.evidence) == (state, True), fact
    assert "filterTags" not in fact.fix


def test_a_candidate_tag_in_sight(parts: Parts) -> None:
    parts.policy = parts.policy.split("  filterTags:")[0] + "  policy:\n    alphabetical: {}\n"
    parts.change(push=PushConfig(candidate_tag="unproven"))
    assert parts.look(policies)["policies", "candidate"].state is State.FAILED


@pytest.mark.parametrize(
    ("tags", "state", "words"),
    [
        ((), State.OK, "nothing is published"),
        (("main-0000000-1700000001", "main-0000000-1700000002"), State.OK, "main-0000000-1700000002, of 2 tags"),
        (
            ("main-0000000-1700000001", "other-0000000-1700000002"),
            State.WARNING,
            "other-0000000-1700000002 is the newest",
        ),
        (("latest",), State.WARNING, "nothing of 1 tag"),
        (("main-0000000-1700000001", "main-1111111-1700000001"), State.OK, "of 2 tags"),
    ],
)
def test_what_is_selected(parts: Parts, tags: tuple[str, ...], state: State, words: str) -> None:
    parts.registry.there = tags
    fact = parts.look(policies)["web", "selected"]
    assert fact.state is state
    assert words in fact.evidence


def test_a_registry_that_refuses_everything_is_reported_once(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = BuildtoolError(REGISTRY_DENIED, "no")

    def refuse(_: object) -> None:
        raise refusal

    monkeypatch.setattr(parts.registry, "tags", refuse)
    assert parts.look(policies)["policies", "selected"].state is State.FAILED
    parts.registry.refuses = {"web": refusal}
    assert parts.look(policies)["policies", "selected"].state is State.SKIPPED
