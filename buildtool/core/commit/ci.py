"""The environment variables and the event file of a CI run -> its facts: branch, commit, pull request.

The variables are GitHub's; Gitea's and Forgejo's runners set the same ones. Of other CI systems only the variable that
names the commit is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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


@dataclass(frozen=True, slots=True)
class CiFacts:
    """One run; empty text where a variable is not set.

    `head_ref` is the branch of a pull request, `ref_name` what the event is about (a branch, a tag, `12/merge`) and
    `ref_type` which of these, `event_path` the file that holds the event; `from_fork` is None when that is not known.
    `commit` is the commit of the event, in hexadecimal digits, and `commit_variable` the variable that names it;
    `head_commit` the last commit of the pull request's own branch, as the event's file names it. `running` is False
    where nothing says that this is a CI run.
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

    @property
    def source_url(self) -> str | None:
        """The repository's address, for labels."""
        return f"{self.server_url}/{self.repository}" if self.server_url and self.repository else None


def from_variables(environ: Mapping[str, str]) -> CiFacts:
    def variable(name: str) -> str:
        return environ.get(f"GITHUB_{name}", "").strip()

    named = {name: environ.get(name, "").strip() for name in COMMIT_VARIABLES}
    source = next((name for name, commit in named.items() if commit not in _NO_COMMIT), "")
    return CiFacts(
        event=variable("EVENT_NAME"),
        head_ref=variable("HEAD_REF"),
        ref_name=variable("REF_NAME"),
        ref_type=variable("REF_TYPE"),
        server_url=variable("SERVER_URL").rstrip("/"),
        repository=variable("REPOSITORY"),
        event_path=variable("EVENT_PATH"),
        commit=named.get(source, "").lower(),
        commit_variable=source,
        running=bool(source) or any(environ.get(name, "").strip().lower() not in _NOT_SET for name in _RUNNING),
    )


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


def _repository(side: object) -> str | None:
    repository = side.get("repo") if isinstance(side, dict) else None
    name = repository.get("full_name") if isinstance(repository, dict) else None
    return name if isinstance(name, str) else None
