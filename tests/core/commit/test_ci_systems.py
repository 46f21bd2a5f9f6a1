"""Recorded environments of CI systems, by the names that their own documentation gives: branch, number, tag of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import TagConfig
from buildtool.core.commit.checkout import Head
from buildtool.core.commit.ci import from_variables
from buildtool.core.commit.naming import build_facts
from buildtool.errors import BRANCH_COLLISION, GIT_NO_BRANCH, GIT_OTHER_COMMIT, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.commit.tags import BuildFacts
    from buildtool.errors import Kind

SHA, OTHER = "abc1234def5678900987654321fedcbaabc1234d", "0dd" * 13 + "0"


class Run(NamedTuple):
    """An environment, and what it says: branch, number of the pull request, git tag, and the variable that said it."""

    environment: Mapping[str, str]
    branch: str = ""
    number: str = ""
    tag: str = ""
    source: str = ""


GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_SHA": SHA}
GITLAB = {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_SHA": SHA, "CI_SERVER_URL": "https://gitlab.example",
          "CI_PROJECT_PATH": "team/shop", "CI_DEFAULT_BRANCH": "main"}  # fmt: skip
MERGE = {**GITLAB, "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "12",
         "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature/x", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
         "CI_MERGE_REQUEST_PROJECT_ID": "7", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7",
         "CI_COMMIT_REF_NAME": "feature/x"}  # fmt: skip
JENKINS = {"JENKINS_URL": "https://jenkins.example/", "GIT_COMMIT": SHA, "BUILD_NUMBER": "3"}
CHANGE = {**JENKINS, "BRANCH_NAME": "PR-12", "CHANGE_ID": "12", "CHANGE_BRANCH": "feature/x", "CHANGE_TARGET": "main"}
WOODPECKER = {"CI": "woodpecker", "CI_SYSTEM_NAME": "woodpecker", "CI_COMMIT_SHA": SHA, "CI_COMMIT_BRANCH": "main"}
CIRCLE = {"CI": "true", "CIRCLECI": "true", "CIRCLE_SHA1": SHA}
AZURE = {"TF_BUILD": "True", "BUILD_SOURCEVERSION": SHA, "BUILD_SOURCEBRANCHNAME": "x"}
AZURE_PULL = {**AZURE, "BUILD_REASON": "PullRequest", "BUILD_SOURCEBRANCH": "refs/pull/12/merge",
              "SYSTEM_PULLREQUEST_ISFORK": "False"}  # fmt: skip

RUNS = {
    "github-push": Run({**GITHUB, "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "release/1"}, "release/1",
                       source="GITHUB_REF_NAME"),
    "github-pull-request": Run({**GITHUB, "GITHUB_REF": "refs/pull/12/merge", "GITHUB_REF_NAME": "12/merge",
                                "GITHUB_HEAD_REF": "feature/x"}, "feature/x", "12", source="GITHUB_HEAD_REF"),
    "github-tag": Run({**GITHUB, "GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1.2.3"}, tag="v1.2.3",
                      source="GITHUB_REF_NAME"),
    "gitea-pull-request": Run({**GITHUB, "GITEA_ACTIONS": "true", "GITHUB_REF": "refs/pull/12/head",
                               "GITHUB_REF_NAME": "12/head", "GITHUB_HEAD_REF": "feature/x"}, "feature/x", "12",
                              source="GITHUB_HEAD_REF"),
    "forgejo-tag": Run({**GITHUB, "FORGEJO_ACTIONS": "true", "GITHUB_REF": "refs/tags/v1.2.3",
                        "GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1.2.3"}, tag="v1.2.3",
                       source="GITHUB_REF_NAME"),
    "gitlab-branch": Run({**GITLAB, "CI_COMMIT_BRANCH": "release/1", "CI_COMMIT_REF_NAME": "release/1"}, "release/1",
                         source="CI_COMMIT_BRANCH"),
    "gitlab-merge-request": Run(MERGE, "feature/x", "12", source="CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
    "gitlab-merged-result": Run(
        {**MERGE, "CI_COMMIT_SHA": OTHER, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": SHA,
         "CI_COMMIT_REF_NAME": "refs/merge-requests/12/merge"},
        "feature/x", "12", source="CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
    "gitlab-fork": Run({**MERGE, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "8"}, "feature/x", "12",
                       source="CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
    "gitlab-external": Run({**GITLAB, "CI_PIPELINE_SOURCE": "external_pull_request_event",
                            "CI_EXTERNAL_PULL_REQUEST_IID": "12",
                            "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME": "feature/x"}, "feature/x", "12",
                           source="CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"),
    "gitlab-tag": Run({**GITLAB, "CI_COMMIT_TAG": "v1.2.3", "CI_COMMIT_REF_NAME": "v1.2.3"}, tag="v1.2.3",
                      source="CI_COMMIT_TAG"),
    "jenkins-multibranch": Run({**JENKINS, "BRANCH_NAME": "feature/x", "GIT_BRANCH": "feature/x"}, "feature/x",
                               source="BRANCH_NAME"),
    "jenkins-freestyle": Run({**JENKINS, "GIT_BRANCH": "origin/feature/main"}, "feature/main", source="GIT_BRANCH"),
    "jenkins-change": Run(CHANGE, "feature/x", "12", source="CHANGE_BRANCH"),
    "jenkins-tag": Run({**JENKINS, "BRANCH_NAME": "v1.2.3", "TAG_NAME": "v1.2.3"}, tag="v1.2.3", source="TAG_NAME"),
    "woodpecker-push": Run({**WOODPECKER, "CI_PIPELINE_EVENT": "push"}, "main", source="CI_COMMIT_BRANCH"),
    "woodpecker-pull-request": Run(
        {**WOODPECKER, "CI_PIPELINE_EVENT": "pull_request", "CI_COMMIT_PULL_REQUEST": "12",
         "CI_COMMIT_SOURCE_BRANCH": "feature/x", "CI_COMMIT_TARGET_BRANCH": "main"},
        "feature/x", "12", source="CI_COMMIT_SOURCE_BRANCH"),
    "woodpecker-tag": Run({**WOODPECKER, "CI_PIPELINE_EVENT": "tag", "CI_COMMIT_TAG": "v1.2.3"}, tag="v1.2.3",
                          source="CI_COMMIT_TAG"),
    "circleci-branch": Run({**CIRCLE, "CIRCLE_BRANCH": "feature/x"}, "feature/x", source="CIRCLE_BRANCH"),
    "circleci-pull-request": Run(
        {**CIRCLE, "CIRCLE_BRANCH": "feature/x", "CIRCLE_PULL_REQUEST": "https://github.com/team/shop/pull/12"},
        "feature/x", "12", source="CIRCLE_BRANCH"),
    "circleci-fork": Run({**CIRCLE, "CIRCLE_BRANCH": "pull/12", "CIRCLE_PR_NUMBER": "12",
                          "CIRCLE_PR_USERNAME": "somebody"}, "pull/12", "12", source="CIRCLE_BRANCH"),
    "circleci-tag": Run({**CIRCLE, "CIRCLE_TAG": "v1.2.3"}, tag="v1.2.3", source="CIRCLE_TAG"),
    "azure-branch": Run({**AZURE, "BUILD_SOURCEBRANCH": "refs/heads/feature/x"}, "feature/x",
                        source="BUILD_SOURCEBRANCH"),
    "azure-pull-request-of-github": Run(
        {**AZURE_PULL, "SYSTEM_PULLREQUEST_SOURCEBRANCH": "feature/x", "SYSTEM_PULLREQUEST_PULLREQUESTID": "99871",
         "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "12"},
        "feature/x", "12", source="SYSTEM_PULLREQUEST_SOURCEBRANCH"),
    "azure-pull-request-of-azure-repos": Run(
        {**AZURE_PULL, "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/feature/x",
         "SYSTEM_PULLREQUEST_PULLREQUESTID": "12", "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER":
         "$(System.PullRequest.PullRequestNumber)"},
        "feature/x", "12", source="SYSTEM_PULLREQUEST_SOURCEBRANCH"),
    "azure-tag": Run({**AZURE, "BUILD_SOURCEBRANCH": "refs/tags/v1.2.3"}, tag="v1.2.3", source="BUILD_SOURCEBRANCH"),
    "nobody-says": Run({"CI": "true"}),
}  # fmt: skip


def facts(environment: Mapping[str, str], sha: str = SHA, branch: str | None = None) -> BuildFacts:
    return build_facts(Head(sha, branch), from_variables(environment), TagConfig(), flag=None, time=1)


@pytest.mark.parametrize("name", RUNS)
def test_what_a_run_says(name: str) -> None:
    """A runner's checkout is detached: nothing but the event names a branch."""
    run = RUNS[name]
    if not (run.branch or run.tag):
        with pytest.raises(BuildtoolError) as caught:
            facts(run.environment)
        assert caught.value.kind is GIT_NO_BRANCH
        return
    found = facts(run.environment)
    assert (found.branch, found.request, found.branch_source) == (run.branch, run.number, run.source)
    assert (found.release.tag if found.release else "") == run.tag


@pytest.mark.parametrize("name", [name for name, run in RUNS.items() if run.branch or run.tag])
def test_another_commit_than_the_runs_is_not_believed(name: str) -> None:
    """Neither the branch, nor the tag, nor the number: on a branch and detached."""
    for branch in (None, "main"):
        with pytest.raises(BuildtoolError) as caught:
            facts(RUNS[name].environment, "f" * 40, branch)
        assert caught.value.kind is GIT_OTHER_COMMIT
        assert ("actions/checkout" in caught.value.fix) == name.startswith(("github", "gitea", "forgejo"))
    named = build_facts(Head("f" * 40, None), from_variables(RUNS[name].environment), TagConfig(), flag="mine", time=1)
    assert (named.branch, named.request, named.release) == ("mine", "", None)


COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "CIRCLE_SHA1", "BUILD_SOURCEVERSION")


_NOT_THESE = ("github", "gitea", "gitlab-merged")  # believed without one; with a second commit of its own


@pytest.mark.parametrize("name", [name for name, run in RUNS.items() if run.branch and not name.startswith(_NOT_THESE)])
def test_a_branch_without_a_commit_is_not_believed(name: str) -> None:
    environment = {key: value for key, value in RUNS[name].environment.items() if key not in COMMITS}
    with pytest.raises(BuildtoolError) as caught:
        facts(environment)
    assert caught.value.kind is GIT_NO_BRANCH
    assert f'says the branch "{RUNS[name].branch}", and ' in caught.value.message
    assert "is not set: it is not believed" in caught.value.message
    assert facts(environment, branch=RUNS[name].branch).branch == RUNS[name].branch, "HEAD says the same"


def test_two_systems_that_contradict_each_other_are_not_believed() -> None:
    both = {**RUNS["github-push"].environment, **RUNS["gitlab-branch"].environment, "CI_COMMIT_BRANCH": "dev"}
    with pytest.raises(BuildtoolError) as caught:
        facts(both)
    assert caught.value.kind is GIT_NO_BRANCH
    assert 'GITHUB_REF_NAME says the branch "release/1"; CI_COMMIT_BRANCH says the branch "dev"' in caught.value.message
    assert facts({**both, "CI_COMMIT_BRANCH": "release/1"}).branch == "release/1"
    tagged = {**RUNS["github-push"].environment, **RUNS["gitlab-tag"].environment}
    with pytest.raises(BuildtoolError, match="CI_COMMIT_TAG says the tag"):
        facts(tagged)


def test_of_two_systems_the_one_that_is_about_head_counts() -> None:
    """A runner inside another one: the outer one's variables are about another repository."""
    nested = {**RUNS["github-push"].environment, **RUNS["gitlab-merge-request"].environment, "GITHUB_SHA": OTHER}
    found = facts(nested)
    assert (found.branch, found.request) == ("feature/x", "12")


@pytest.mark.parametrize(
    ("name", "more", "refused"),
    [
        ("gitlab-fork", {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "main"}, "is from a fork whose branch"),
        ("gitlab-merge-request", {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "main"}, ""),
        ("jenkins-change", {"CHANGE_BRANCH": "main", "CHANGE_FORK": "somebody"}, "is from a fork whose branch"),
        ("jenkins-change", {"CHANGE_BRANCH": "main"}, ""),
        ("woodpecker-pull-request", {"CI_COMMIT_SOURCE_BRANCH": "main"}, "may be from a fork"),
        ("azure-pull-request-of-github",
         {"SYSTEM_PULLREQUEST_SOURCEBRANCH": "main", "SYSTEM_PULLREQUEST_ISFORK": "True"},
         "is from a fork whose branch"),
        ("azure-pull-request-of-github", {"SYSTEM_PULLREQUEST_SOURCEBRANCH": "main"}, ""),
    ],
)  # fmt: skip
def test_a_forks_branch_of_a_deploy_branchs_name(name: str, more: dict[str, str], refused: str) -> None:
    environment = {**RUNS[name].environment, **more}
    if not refused:
        assert facts(environment).branch == "main"
        return
    with pytest.raises(BuildtoolError, match=refused) as caught:
        facts(environment)
    assert caught.value.kind is BRANCH_COLLISION


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("woodpecker-pull-request", "CI_COMMIT_SOURCE_BRANCH"),
        ("gitlab-merge-request", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
        ("jenkins-change", "CHANGE_BRANCH"),
        ("azure-pull-request-of-github", "SYSTEM_PULLREQUEST_SOURCEBRANCH"),
    ],
)
def test_a_request_whose_own_branch_is_not_told_never_has_that_of_its_target(name: str, variable: str) -> None:
    environment = {key: value for key, value in RUNS[name].environment.items() if key != variable}
    with pytest.raises(BuildtoolError) as caught:
        facts(environment)
    assert caught.value.kind is GIT_NO_BRANCH


NAMES = sorted({name for run in RUNS.values() for name in run.environment})
VALUES = st.sampled_from([SHA, OTHER, "main", "refs/heads/x", "refs/tags/v1.2.3", "12", "true", "", "\0", "origin/y"])


@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from([None, "main"]))
def test_any_mixture_of_variables_names_a_branch_or_is_refused(environment: dict[str, str], branch: str | None) -> None:
    """No variables make anything else than facts about HEAD, or an error of ours."""
    kinds: set[Kind] = {GIT_NO_BRANCH, GIT_OTHER_COMMIT, BRANCH_COLLISION}
    try:
        found = facts(environment, branch=branch)
    except BuildtoolError as error:
        assert error.kind in kinds  # noqa: PT017 -- one of several ends
        return
    assert found.branch or found.release
    assert not found.request or SHA in environment.values()
