"""Facts of a CI run hold for the commit that the run is about, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from buildtool.core.commit.checkout import Head
from buildtool.core.commit.ci import CiFacts
from buildtool.core.commit.event import event_facts, request_of
from buildtool.errors import GIT_NO_BRANCH, GIT_OTHER_COMMIT, BuildtoolError

SHA, OTHER = "a" * 40, "b" * 40
GITHUB = CiFacts(system="GitHub", ref_name="main", ref_type="branch", commit=SHA, commit_variable="GITHUB_SHA")
GITLAB = CiFacts(
    system="GitLab",
    ref_name="dev",
    ref_type="branch",
    ref_variable="CI_COMMIT_BRANCH",
    commit=SHA,
    commit_variable="CI_COMMIT_SHA",
    number="7",
)


def both(first: CiFacts, second: CiFacts) -> CiFacts:
    return replace(first, others=(second,))


def test_the_event_of_heads_commit_counts() -> None:
    assert event_facts(GITHUB, Head(SHA, None)) is GITHUB
    assert event_facts(both(replace(GITHUB, commit=OTHER), GITLAB), Head(SHA, None)) is GITLAB
    silent = replace(GITHUB, ref_name="", ref_type="")
    assert event_facts(both(silent, GITLAB), Head(SHA, None)) is GITLAB, "one that names nothing says nothing"


def test_two_that_contradict_each_other() -> None:
    with pytest.raises(BuildtoolError, match="contradict each other") as caught:
        event_facts(both(GITHUB, GITLAB), Head(SHA, "main"))
    assert caught.value.kind is GIT_NO_BRANCH


@pytest.mark.parametrize("facts", [GITHUB, GITLAB, both(GITHUB, GITLAB)], ids=["github", "gitlab", "both"])
def test_another_commit(facts: CiFacts) -> None:
    with pytest.raises(BuildtoolError, match="HEAD is bbbbbbbbbbbb, the event's commit is aaaaaaaaaaaa") as caught:
        event_facts(facts, Head(OTHER, "main"))
    assert caught.value.kind is GIT_OTHER_COMMIT
    assert request_of(facts, Head(OTHER, "main")) == ""


def test_the_number_of_the_request_is_that_of_heads_event() -> None:
    assert request_of(GITLAB, Head(SHA, None)) == "7"
    assert request_of(both(GITHUB, GITLAB), Head(SHA, None)) == "7"
    assert request_of(GITLAB, Head(None, None)) == request_of(CiFacts(number="7"), Head(SHA, None)) == ""
