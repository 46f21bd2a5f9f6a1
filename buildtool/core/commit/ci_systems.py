"""The variables of each CI system -> the facts of its run; "" where a variable is not set.

Sources, as of 2026: "Default environment variables" (GitHub; Gitea's and Forgejo's runners set the same names),
"Predefined CI/CD variables" (GitLab), "Using a Jenkinsfile" with the git plugin's and branch API's variables (Jenkins),
"Environment variables" (Woodpecker), "Built-in environment variables" (CircleCI), "Predefined variables" (Azure).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Variable = Callable[[str], str]

GITHUB = "GitHub"
BRANCH, TAG = "branch", "tag"
_HEADS, _TAGS, _ORIGIN = "refs/heads/", "refs/tags/", "origin/"
_PULL = re.compile(r"(?:refs/pull/)?(?P<number>[0-9]+)/(?:merge|head)")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_PULL_URL = re.compile(r"https?://\S+/(?:pull|pull-requests|merge_requests)/(?P<number>[0-9]+)/?")


@dataclass(frozen=True, slots=True)
class CiFacts:
    """One run; empty text where a variable is not set.

    `head_ref` is the branch of a pull request, `ref_name` what the event is about (a branch, a tag, `12/merge`) and
    `ref_type` which of these, `event_path` the file that holds the event; `from_fork` is None when that is not known.
    `commit` is the commit of the event, in hexadecimal digits, and `commit_variable` the variable that names it;
    `head_commit` the last commit of the pull request's own branch. `number` is that of the pull or merge request.
    `head_ref_variable` and `ref_variable` say which variables name the branches. `running` is False where nothing says
    that this is a CI run. `others` are the facts of further systems whose variables are set as well.
    """

    event: str = ""
    head_ref: str = ""
    ref_name: str = ""
    ref_type: str = ""
    server_url: str = ""
    repository: str = ""
    event_path: str = ""
    from_fork: bool | None = None
    commit: str = ""
    commit_variable: str = ""
    head_commit: str = ""
    running: bool = False
    system: str = ""
    number: str = ""
    head_ref_variable: str = "GITHUB_HEAD_REF"
    ref_variable: str = "GITHUB_REF_NAME"
    others: tuple[CiFacts, ...] = ()

    @property
    def source_url(self) -> str | None:
        """The repository's address, for labels."""
        return f"{self.server_url}/{self.repository}" if self.server_url and self.repository else None

    @property
    def branch(self) -> str:
        """The branch that the event is about: a pull request's own, else the one that was pushed; "" for a tag."""
        return self.head_ref or (self.ref_name if self.ref_type == BRANCH else "")

    @property
    def tag(self) -> str:
        """The git tag that the event is about."""
        return self.ref_name if self.ref_type == TAG and not self.head_ref else ""

    def named(self, *, branch: tuple[str, str] = ("", ""), tag: tuple[str, str] = ("", "")) -> CiFacts:
        """The same with the branch or else the tag that is pushed, each with the variable that names it."""
        (name, variable), kind = (tag, TAG) if tag[0] else (branch, BRANCH)
        return replace(self, ref_name=name, ref_type=kind if name else "", ref_variable=variable)


def runs(environ: Mapping[str, str]) -> Iterator[CiFacts]:
    """The facts of each system whose variables are set; their commits and branches may contradict each other."""

    def variable(name: str) -> str:
        return environ.get(name, "").strip()

    for system in (_github, _gitlab, _jenkins, _woodpecker, _circleci, _azure):
        facts = system(variable)
        if facts is not None:
            yield replace(facts, commit=facts.commit.lower(), head_commit=facts.head_commit.lower(), running=True)


def _github(variable: Variable) -> CiFacts | None:
    names = ("SHA", "HEAD_REF", "REF_NAME", "EVENT_NAME", "REPOSITORY")
    if not any(variable(f"GITHUB_{name}") for name in names):
        return None
    pull = _PULL.fullmatch(variable("GITHUB_REF") or variable("GITHUB_REF_NAME"))
    return CiFacts(
        system=GITHUB,
        event=variable("GITHUB_EVENT_NAME"),
        head_ref=variable("GITHUB_HEAD_REF"),
        ref_name=variable("GITHUB_REF_NAME"),
        ref_type=variable("GITHUB_REF_TYPE"),
        server_url=variable("GITHUB_SERVER_URL").rstrip("/"),
        repository=variable("GITHUB_REPOSITORY"),
        event_path=variable("GITHUB_EVENT_PATH"),
        commit=variable("GITHUB_SHA"),
        commit_variable="GITHUB_SHA" if variable("GITHUB_SHA") else "",
        number=pull["number"] if pull else "",
    )


def _gitlab(variable: Variable) -> CiFacts | None:
    if not variable("GITLAB_CI"):
        return None
    kind = "CI_EXTERNAL_PULL_REQUEST" if variable("CI_EXTERNAL_PULL_REQUEST_IID") else "CI_MERGE_REQUEST"
    source, target = variable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), variable("CI_MERGE_REQUEST_PROJECT_ID")
    facts = CiFacts(
        system="GitLab",
        event=variable("CI_PIPELINE_SOURCE"),
        commit=variable("CI_COMMIT_SHA"),
        commit_variable="CI_COMMIT_SHA",
        server_url=variable("CI_SERVER_URL").rstrip("/"),
        repository=variable("CI_PROJECT_PATH"),
        number=_number(variable(f"{kind}_IID")),
        head_ref=variable(f"{kind}_SOURCE_BRANCH_NAME"),
        head_ref_variable=f"{kind}_SOURCE_BRANCH_NAME",
        head_commit=variable(f"{kind}_SOURCE_BRANCH_SHA"),
        from_fork=source != target if source and target else None,
    )
    if variable(f"{kind}_IID"):
        return replace(facts, ref_variable=facts.head_ref_variable)
    branch, tag = ((variable(name), name) for name in ("CI_COMMIT_BRANCH", "CI_COMMIT_TAG"))
    return facts.named(branch=branch, tag=tag)


def _jenkins(variable: Variable) -> CiFacts | None:
    if not variable("JENKINS_URL"):
        return None
    facts = CiFacts(system="Jenkins", commit=variable("GIT_COMMIT"), commit_variable="GIT_COMMIT")
    if variable("CHANGE_ID"):
        return replace(
            facts,
            event="change request",
            head_ref=variable("CHANGE_BRANCH"),
            head_ref_variable="CHANGE_BRANCH",
            ref_variable="CHANGE_BRANCH",
            number=_number(variable("CHANGE_ID")),
            from_fork=bool(variable("CHANGE_FORK")),
        )
    branch = (variable("BRANCH_NAME"), "BRANCH_NAME")
    if not branch[0] and variable("GIT_BRANCH").startswith(_ORIGIN):  # `origin/feature/x`: the remote stands in front
        branch = (variable("GIT_BRANCH").removeprefix(_ORIGIN), "GIT_BRANCH")
    return facts.named(branch=branch, tag=(variable("TAG_NAME"), "TAG_NAME"))


def _woodpecker(variable: Variable) -> CiFacts | None:
    if "woodpecker" not in {variable("CI"), variable("CI_SYSTEM_NAME")}:
        return None
    event = variable("CI_PIPELINE_EVENT")
    facts = CiFacts(
        system="Woodpecker",
        event=event,
        commit=variable("CI_COMMIT_SHA"),
        commit_variable="CI_COMMIT_SHA",
        number=_number(variable("CI_COMMIT_PULL_REQUEST")),
    )
    if event.startswith("pull_request") or facts.number:  # CI_COMMIT_BRANCH is then the branch to be changed
        name = "CI_COMMIT_SOURCE_BRANCH"
        return replace(facts, head_ref=variable(name), head_ref_variable=name, ref_variable=name)
    if variable("CI_COMMIT_TAG"):
        return facts.named(tag=(variable("CI_COMMIT_TAG"), "CI_COMMIT_TAG"))
    return facts.named(branch=(variable("CI_COMMIT_BRANCH"), "CI_COMMIT_BRANCH"))


def _circleci(variable: Variable) -> CiFacts | None:
    if not variable("CIRCLECI"):
        return None
    url = _PULL_URL.fullmatch(variable("CIRCLE_PULL_REQUEST"))
    number = _number(variable("CIRCLE_PR_NUMBER")) or (url["number"] if url else "")
    facts = CiFacts(system="CircleCI", commit=variable("CIRCLE_SHA1"), commit_variable="CIRCLE_SHA1", number=number)
    if not number or variable("CIRCLE_TAG"):
        names = ("CIRCLE_BRANCH", "CIRCLE_TAG")
        branch, tag = ((variable(name), name) for name in names)
        return replace(facts, number="").named(branch=branch, tag=tag)
    return replace(
        facts,
        head_ref=variable("CIRCLE_BRANCH"),  # `pull/12` for a fork's
        head_ref_variable="CIRCLE_BRANCH",
        ref_variable="CIRCLE_BRANCH",
        from_fork=bool(variable("CIRCLE_PR_USERNAME")),
    )


def _azure(variable: Variable) -> CiFacts | None:
    if not variable("TF_BUILD"):
        return None
    reference = variable("BUILD_SOURCEBRANCH")  # BUILD_SOURCEBRANCHNAME is the last part of a path only
    facts = CiFacts(
        system="Azure Pipelines",
        event=variable("BUILD_REASON"),
        commit=variable("BUILD_SOURCEVERSION"),
        commit_variable="BUILD_SOURCEVERSION",
    )
    if _PULL.fullmatch(reference):
        name = "SYSTEM_PULLREQUEST_SOURCEBRANCH"
        fork = {"true": True, "false": False}.get(variable("SYSTEM_PULLREQUEST_ISFORK").lower())
        number = _number(variable("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"))  # GitHub's; Azure Repos have the other one
        return replace(
            facts,
            head_ref=variable(name).removeprefix(_HEADS),
            head_ref_variable=name,
            ref_variable=name,
            head_commit=variable("SYSTEM_PULLREQUEST_SOURCECOMMITID"),
            number=number or _number(variable("SYSTEM_PULLREQUEST_PULLREQUESTID")),
            from_fork=fork,
        )
    branch = reference.removeprefix(_HEADS) if reference.startswith(_HEADS) else ""
    tag = reference.removeprefix(_TAGS) if reference.startswith(_TAGS) else ""
    return facts.named(branch=(branch, "BUILD_SOURCEBRANCH"), tag=(tag, "BUILD_SOURCEBRANCH"))


def _number(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else ""
