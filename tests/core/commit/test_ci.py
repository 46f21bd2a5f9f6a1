from __future__ import annotations

import pytest

from buildtool.core.commit.ci import COMMIT_VARIABLES, from_variables, head_commit, is_fork


def test_the_address_for_labels() -> None:
    ci = from_variables({"GITHUB_SERVER_URL": "https://git.example/", "GITHUB_REPOSITORY": "team/site"})
    assert ci.source_url == "https://git.example/team/site"
    assert from_variables({"GITHUB_REPOSITORY": "team/site"}).source_url is None


@pytest.mark.parametrize("name", COMMIT_VARIABLES)
def test_the_commit_of_the_event(name: str) -> None:
    ci = from_variables({name: " ABC1 ", "UNRELATED_SHA": "def2"})
    assert (ci.commit, ci.commit_variable) == ("abc1", name)


def test_the_first_variable_that_names_a_commit_counts() -> None:
    ci = from_variables({"GITHUB_SHA": "", "CI_COMMIT_SHA": "abc", "BUILDKITE_COMMIT": "def"})
    assert (ci.commit, ci.commit_variable) == ("abc", "CI_COMMIT_SHA")
    none = from_variables({"BUILDKITE_COMMIT": "HEAD"})
    assert (none.commit, none.commit_variable) == ("", "")


@pytest.mark.parametrize(
    ("variables", "running"),
    [
        ({"CI": "true"}, True),
        ({"CI": "1"}, True),
        ({"CI": "woodpecker"}, True),
        ({"GITHUB_ACTIONS": "true"}, True),
        ({"TF_BUILD": "True"}, True),
        ({"JENKINS_URL": "http://ci.example"}, True),
        ({"CI_COMMIT_SHA": "abc"}, True),
        ({"CI": ""}, False),
        ({"CI": "false"}, False),
        ({"CI": "0", "GITHUB_ACTIONS": "False"}, False),
        ({"HOME": "/root"}, False),
    ],
)
def test_whether_this_is_a_ci_run(variables: dict[str, str], *, running: bool) -> None:
    assert from_variables(variables).running is running


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"pull_request": {"head": {"sha": "ABC"}}}, "abc"),
        ({"pull_request": {"head": {"sha": 5}}}, ""),
        ({"pull_request": {"head": None}}, ""),
        ({"pull_request": []}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_last_commit_of_a_pull_request(event: object, expected: str) -> None:
    assert head_commit(event) == expected


def side(name: str | None) -> dict[str, object]:
    return {"repo": {"full_name": name} if name else None}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"pull_request": {"head": side("other/site"), "base": side("team/site")}}, True),
        ({"pull_request": {"head": side("team/site"), "base": side("team/site")}}, False),
        ({"pull_request": {"head": side(None), "base": side("team/site")}}, True),
        ({"pull_request": {"head": side("team/site")}}, None),
        ({"pull_request": {"head": {"repo": {"full_name": 5}}, "base": side("a/b")}}, True),
        ({"pull_request": []}, None),
        ({"pull_request": {}}, None),
        ([], None),
        (None, None),
    ],
)
def test_whether_a_pull_request_is_a_forks(event: object, expected: bool | None) -> None:  # noqa: FBT001
    assert is_fork(event) is expected
