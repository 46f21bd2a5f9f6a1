"""The environment variables and the event file of a CI run -> its facts: branch, commit, tag, pull request.

What each system calls them is in `ci_systems`. Of other CI systems only the variable that names the commit is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.commit.ci_systems import CiFacts, runs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMMIT_VARIABLES", "CiFacts", "from_variables", "head_commit", "is_fork", "request_number"]

# Each holds the full commit that the run is about: GitHub, Gitea, Forgejo; GitLab, Woodpecker; Drone; Bitbucket;
# CircleCI; Azure Pipelines; Travis; Buildkite. The first that is set counts.
COMMIT_VARIABLES = (
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "DRONE_COMMIT_SHA",
    "BITBUCKET_COMMIT",
    "CIRCLE_SHA1",
    "BUILD_SOURCEVERSION",
    "TRAVIS_COMMIT",
    "BUILDKITE_COMMIT",
)
# Set by any CI system that is asked to; GitHub, Gitea, Forgejo; Azure Pipelines; Jenkins; TeamCity.
_RUNNING = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION")
_NOT_SET = {"", "0", "false", "no", "off"}
_NO_COMMIT = {"", "HEAD"}  # Buildkite says HEAD where a build was started without a commit


def from_variables(environ: Mapping[str, str]) -> CiFacts:
    """The facts of the run; where the variables of several systems are set, those of the first, and the others'."""
    named = {name: environ.get(name, "").strip() for name in COMMIT_VARIABLES}
    source = next((name for name, commit in named.items() if commit not in _NO_COMMIT), "")
    running = bool(source) or any(environ.get(name, "").strip().lower() not in _NOT_SET for name in _RUNNING)
    found = list(runs(environ))
    if not found:
        return CiFacts(system="", commit=named.get(source, "").lower(), commit_variable=source, running=running)
    first, *others = found
    if not first.commit and source and not others:
        first = replace(first, commit=named[source].lower(), commit_variable=source)
    return replace(first, others=tuple(others))


def is_fork(event: object) -> bool | None:
    """Whether the event is a pull request from another repository; None when the event does not say."""
    pull_request = event.get("pull_request") if isinstance(event, dict) else None
    if not isinstance(pull_request, dict):
        return None
    names = [_repository(pull_request.get(side)) for side in ("head", "base")]
    if names[0] is None:
        return True if "head" in pull_request else None  # the fork was deleted: GitHub then says repo: null
    return None if names[1] is None else names[0] != names[1]


def head_commit(event: object) -> str:
    """The last commit of the pull request's branch; empty when the event does not say."""
    for key in ("pull_request", "head", "sha"):
        event = event.get(key) if isinstance(event, dict) else None
    return event.lower() if isinstance(event, str) else ""


def request_number(event: object) -> str:
    """The number of the pull request; empty when the event does not say."""
    for key in ("pull_request", "number"):
        event = event.get(key) if isinstance(event, dict) else None
    return str(event) if isinstance(event, int) and not isinstance(event, bool) and 0 < event < 10**18 else ""


def _repository(side: object) -> str | None:
    repository = side.get("repo") if isinstance(side, dict) else None
    name = repository.get("full_name") if isinstance(repository, dict) else None
    return name if isinstance(name, str) else None
