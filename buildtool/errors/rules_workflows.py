"""Rules of `check` about GitHub workflows."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

BRANCH = Rule(
    code="workflow-branch-unmatched",
    cross=True,
    title="a workflow builds a branch whose tags no policy selects",
    meaning=(
        "`on.push.branches` of a publishing workflow names the branch, and no ImagePolicy selects the tags it makes."
    ),
    reason="the images are published and never deployed, without an error anywhere.",
    fix="widen filterTags.pattern to the branch, or build only branches that the policy takes",
)
LOOP = Rule(
    code="workflow-loop",
    cross=True,
    title="Flux's commits start the workflow that makes Flux commit",
    meaning="a publishing workflow starts on every push, and so on the commits of the image automation as well.",
    reason="each build's tag makes Flux commit, and each commit starts a build: this never ends.",
    fix="add on.push.paths-ignore with every file that carries a setter",
)
PATHS = Rule(
    code="workflow-paths-ignore",
    cross=True,
    title="paths-ignore does not contain a file that Flux writes",
    meaning="the workflow lists files whose commits start no build, and a file with a setter marker is not among them.",
    reason="a commit of Flux that changes this file starts the workflow again, and its build makes Flux commit again.",
    fix="add the file to on.push.paths-ignore",
)
FORK = Rule(
    code="workflow-fork-runner",
    title="pull requests run on a self-hosted runner",
    meaning="a workflow that runs on pull_request has a job on a self-hosted runner.",
    reason="anybody who can open a pull request runs code on that machine, where the registry's password is.",
    fix="build on push only, or run pull requests on a hosted runner",
)
CANCEL = Rule(
    code="workflow-cancel",
    severity=Severity.WARNING,
    title="a running publish can be cancelled by the next one",
    meaning="the publishing workflow sets concurrency.cancel-in-progress to true.",
    reason="a cancelled publish can leave one image of several published.",
    fix="set concurrency.cancel-in-progress: false",
)
SHALLOW = Rule(
    code="workflow-shallow",
    severity=Severity.WARNING,
    title="a publishing workflow checks out a shallow clone",
    meaning="actions/checkout fetches one commit only, which is its default.",
    reason="without the history push cannot tell whether the published commit is older or newer, and refuses.",
    fix="set fetch-depth: 0 on actions/checkout",
)
