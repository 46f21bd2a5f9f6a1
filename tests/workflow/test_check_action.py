"""The action `check`: its shell line, and the whole of it under act, on a checkout with Python settings of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from buildtool.adapters import process
from tests.support.act import COMMIT, PYTHON_OF_ITS_OWN, Act
from tests.support.flux_repo import JOB, flux_repository
from tests.support.gitrepos import commit, git
from tests.support.tools import ZIZMOR, assert_finds_nothing

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "check" / "action.yml"
DOCUMENT: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
UV, CHECK, UPLOAD = DOCUMENT["runs"]["steps"]
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
UV_RUN = "run --isolated --no-config --no-project --no-env-file --no-progress --python >=3.11 --with-editable"


def test_zizmor_finds_nothing() -> None:
    assert_finds_nothing("zizmor", *ZIZMOR, str(ACTION))


def test_actions_are_pinned_by_commit_and_say_their_release() -> None:
    uses = re.findall(r"(?m)^\s*(?:- )?uses: (.*)$", ACTION.read_text(encoding="utf-8"))
    assert len(uses) == 2
    for line in uses:
        assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_inputs_reach_the_shell_by_the_environment_only() -> None:
    names = {name for name in DOCUMENT["inputs"] if name != "upload-sarif"}
    assert CHECK["env"] == {re.sub(r"[^A-Z]", "_", name.upper()): f"${{{{ inputs.{name} }}}}" for name in names}
    assert "${{" not in CHECK["run"]


def test_the_page_tells_of_every_input() -> None:
    section = PAGE.split("## As a GitHub action", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == set(DOCUMENT["inputs"])


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({}, ["--"]),
        ({"PATHS": "apps\n  flux/a.yaml $(reboot) *"}, ["--", "apps", "flux/a.yaml", "$(reboot)", "*"]),
        ({"STRICT": "true", "EXPLAIN": "true"}, ["--strict", "--explain", "--"]),
        ({"DIFF_BASE": "-x y", "BASELINE": "a b.json"}, ["--diff", "-x y", "--baseline", "a b.json", "--"]),
    ],
)
def test_the_shell_line_runs_check_with_these_arguments(
    tmp_path: Path, given: dict[str, str], options: list[str]
) -> None:
    """The line itself, in the shell that the runner starts, with a program in uv's place that prints its arguments."""
    (tmp_path / "uv").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n', encoding="utf-8")
    (tmp_path / "uv").chmod(0o755)
    output = tmp_path / "output"
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "GITHUB_ACTION_PATH": "/action/check", "RUNNER_TEMP": "/none"}
    defaults = {name: str(DOCUMENT["inputs"][name.lower().replace("_", "-")]["default"]) for name in CHECK["env"]}
    run = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK["run"]]
    with pytest.raises(process.ProgramError) as ended:
        process.run(run, env={**environment, **defaults, "GITHUB_OUTPUT": str(output), **given}, cwd=tmp_path)
    head = f"{UV_RUN} /action/check/.. buildtool -C . check --format github --sarif-file /none/buildtool-check.sarif"
    assert ended.value.stdout.splitlines() == [*head.split(), *options]
    assert ended.value.returncode == 3
    assert not output.exists()


# --- under act, with a folder in the place of code scanning

_UPLOAD = """\
name: upload
description: In the place of upload-sarif.
inputs: {{sarif_file: {{description: none}}, category: {{description: none}}}}
runs:
  using: composite
  steps:
    - shell: bash
      env:
        SARIF: ${{{{ inputs.sarif_file }}}}
      run: cp "$SARIF" '{target}'
"""


class Runner(NamedTuple):
    """Runs the workflow of docs/check.md on an event in a repository; `uploaded` is what code scanning was given."""

    act: Act
    repository: Path
    uploaded: Path

    def run(self, event: str, payload: dict[str, Any]) -> tuple[int, str]:
        return self.act.run(self.repository, event, payload, {})


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    act = Act(tmp_path / "act", UV["uses"])
    here = Runner(act, flux_repository(tmp_path / "repository"), tmp_path / "uploaded.sarif")
    act.replace(UPLOAD["uses"], _UPLOAD.format(target=here.uploaded))
    [workflow] = re.findall(r"```yaml\n(name: Check\n.*?)```", PAGE, re.DOTALL)
    workflow = workflow.replace("<commit>", COMMIT)
    commit(here.repository, "its own", **{".github/workflows/check.yaml": workflow}, **PYTHON_OF_ITS_OWN)
    return here


def test_on_a_push_every_finding_is_annotated_and_uploaded(runner: Runner) -> None:
    code, log = runner.run("push", {})
    assert code == 0, log
    assert json.loads(runner.uploaded.read_text(encoding="utf-8"))["runs"][0]["results"] == []
    commit(runner.repository, **{"apps/job.yaml": JOB})
    code, log = runner.run("push", {})
    assert code == 1, log
    assert "::error file=apps/job.yaml,line=6,col=3,title=buildtool job-ttl::" in log
    [result] = json.loads(runner.uploaded.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["ruleId"] == "job-ttl"


def test_on_a_pull_request_only_what_it_makes(runner: Runner) -> None:
    base = commit(runner.repository, **{"apps/old.yaml": JOB})
    git(runner.repository, "checkout", "--quiet", "-b", "work")
    commit(runner.repository, **{"apps/web.txt": "harmless\n"})
    event = {"pull_request": {"base": {"sha": base, "ref": "main"}, "head": {"ref": "work"}}}
    code, log = runner.run("pull_request", event)
    assert code == 0, log
    commit(runner.repository, **{"apps/new.yaml": JOB.replace("migrate", "other")})
    code, log = runner.run("pull_request", event)
    assert code == 1, log
    assert "file=apps/new.yaml,line=6" in log
    assert "apps/old.yaml" not in log


def test_a_base_that_is_not_there_says_what_to_type_and_uploads_nothing(runner: Runner) -> None:
    code, log = runner.run("pull_request", {"pull_request": {"base": {"sha": "0" * 40, "ref": "main"}}})
    assert code == 1, log
    assert "git-unknown-base" in log
    assert not runner.uploaded.exists()
