"""The workflows and the action: linted by the tools of the trade, and held to what they promise."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from buildtool.adapters import process
from buildtool.core.flux.setters import TOKEN, is_read
from tests.support.gotools import go_tool
from tests.support.tools import ZIZMOR, assert_finds_nothing, tool
from tests.support.workflows import EDITABLE, load, steps, uv_arguments

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
DEPLOY_BRANCHES = ["main", "master"]


BUILD = load(FOLDER / "build-and-push.yml")
(PUBLISH,) = BUILD["jobs"].values()


# --- linters


def test_zizmor_finds_nothing() -> None:
    """Pedantic, and without asking GitHub."""
    assert_finds_nothing("zizmor", *ZIZMOR, str(ROOT / ".github"), str(ACTION))


@pytest.mark.go
def test_actionlint_finds_nothing() -> None:
    shellcheck = tool("shellcheck")
    assert_finds_nothing(str(go_tool("actionlint")), "-shellcheck", shellcheck, *map(str, WORKFLOWS))


def test_yamllint_finds_nothing_in_any_yaml_file() -> None:
    listed = process.run(["git", "-C", str(ROOT), "ls-files", "-z", "*.yaml", "*.yml"]).stdout.split("\0")
    there = [path for path in listed if (ROOT / path).is_file()]
    assert len(there) > 20
    assert_finds_nothing("yamllint", "--strict", "--format", "parsable", *there, cwd=ROOT)


# --- promises of every workflow


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_say_their_release(path: Path) -> None:
    uses = re.findall(r"(?m)^\s*(?:- )?uses: (.*)$", path.read_text(encoding="utf-8"))
    assert uses
    for line in uses:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_no_expression_is_pasted_into_a_shell_line(path: Path) -> None:
    assert not [step["run"] for step in steps(path) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_none_but_reading_the_code(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        name: {"contents": "read"} for name in workflow["jobs"]
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_leaves_the_token_behind(path: Path) -> None:
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_pull_requests_never_run_on_our_own_machine(path: Path) -> None:
    """A fork's pull request is code of a stranger."""
    workflow = load(path)
    if {"pull_request", "pull_request_target", "workflow_run"} & set(workflow["on"]):
        assert all("self-hosted" not in job["runs-on"] for job in workflow["jobs"].values())


# --- the build


def test_the_build_runs_on_deploy_branches_on_our_own_runner() -> None:
    assert set(BUILD["on"]) == {"push", "workflow_dispatch"}
    assert BUILD["on"]["push"]["branches"] == DEPLOY_BRANCHES
    assert PUBLISH["runs-on"] == ["self-hosted", "linux"]


def test_a_running_publish_is_never_cancelled() -> None:
    assert BUILD["concurrency"] == {"group": "build-and-push-${{ github.ref }}", "cancel-in-progress": False}


def test_a_pull_request_builds_what_a_push_would_and_publishes_nothing() -> None:
    """No registry, no secret, no login; the same paths start it."""
    workflow = load(FOLDER / "pull-request.yml")
    assert workflow["on"] == {"pull_request": {"paths-ignore": BUILD["on"]["push"]["paths-ignore"]}}
    checkout, uv, qemu, build = steps(FOLDER / "pull-request.yml")
    assert [step["uses"].partition("@")[0] for step in (checkout, uv, qemu)] == [
        "actions/checkout",
        "astral-sh/setup-uv",
        "docker/setup-qemu-action",
    ]
    assert build["run"] == "uv run --no-project --with-editable . buildtool build --json"
    assert "secrets." not in (FOLDER / "pull-request.yml").read_text(encoding="utf-8")


def written_by_flux() -> list[str]:
    """The committed files that a push of Flux may change: those with a setter."""
    listed = process.run(["git", "-C", str(ROOT), "ls-files", "-z"]).stdout.split("\0")
    found = [
        p for p in listed if is_read(p) and (ROOT / p).is_file() and TOKEN in (ROOT / p).read_text(encoding="utf-8")
    ]
    assert "docker-compose.backend.yml" in found
    return found


def test_every_file_with_a_setter_is_ignored() -> None:
    """The loop guard."""
    patterns = BUILD["on"]["push"]["paths-ignore"]
    for path in written_by_flux():
        assert any(fnmatch(path, pattern) for pattern in patterns), path


def test_the_tests_ignore_the_commits_of_flux_and_nothing_else() -> None:
    """A commit of Flux would also end the tests of the commit before, which run in the same group."""
    ci, manifests = load(FOLDER / "ci.yml"), load(FOLDER / "manifests.yml")
    assert sorted(ci["on"]["push"]["paths-ignore"]) == sorted(written_by_flux())
    assert ci["on"]["pull_request"] is None
    assert manifests["on"] == {"push": {"branches": DEPLOY_BRANCHES, "paths": ci["on"]["push"]["paths-ignore"]}}
    assert [step["run"].split(" buildtool ")[1] for step in steps(FOLDER / "manifests.yml") if "run" in step] == [
        "check --format github"
    ]


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile.backend",
        "Dockerfile.frontend",
        "Dockerfile.rollback-handler",
        "requirements/handler.txt",
        "buildtool.toml",
        "buildtool/core/tags.py",
        "site/index.html",
    ],
)
def test_what_is_in_an_image_is_not_ignored(path: str) -> None:
    assert not [pattern for pattern in BUILD["on"]["push"]["paths-ignore"] if fnmatch(path, pattern)]


def test_the_build_has_the_history_and_calls_push_and_nothing_clever() -> None:
    checkout, uv, push = PUBLISH["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert uv["uses"].startswith("astral-sh/setup-uv@")
    assert " ".join(push["run"].replace("\\\n", "").split()) == (
        'uv run --no-project --with-editable ".${WAIT:+[cluster]}" buildtool push --json '
        '--metadata-file "$RUNNER_TEMP/buildtool-push.json" ${WAIT:+"--wait=$WAIT"}'
    )


def test_the_build_hands_on_what_push_says() -> None:
    assert PUBLISH["outputs"] == {name: f"${{{{ steps.push.outputs.{name} }}}}" for name in ("tag", "digests", "json")}


def test_a_build_that_waits_may_read_the_branch_and_the_cluster(tmp_path: Path) -> None:
    """The token is there for the wait alone; the shell line brings the extra with it."""
    push = PUBLISH["steps"][2]
    assert push["env"]["BUILDTOOL_GIT_TOKEN"] == "${{ (inputs.wait || vars.BUILDTOOL_WAIT) && github.token || '' }}"
    for wait, source in (("", "."), ("10m", ".[cluster]")):
        assert uv_arguments(tmp_path, push["run"], {"WAIT": wait})[:4] == ["run", "--no-project", EDITABLE, source]
