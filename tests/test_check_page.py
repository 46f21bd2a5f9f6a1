"""docs/check.md is true: every command on it runs, in a repository that has only Flux manifests."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from buildtool.errors import Exit
from tests.support.flux_repo import JOB, flux_repository
from tests.support.gitrepos import commit, git
from tests.support.tools import tool
from tests.support.typed import ADDRESS, typed

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
TYPED = re.findall(r"^\$ (.*)$", PAGE, re.MULTILINE)
INSTALLED = [line for line in TYPED if re.match(r"uvx|python3|~", line)]
OURS = [line for line in TYPED if line not in INSTALLED]
# What each ends with in a repository with one old finding, in apps/job.yaml; None: like the others, 3.
ENDS = {
    "buildtool check apps/web.yaml": 0,
    "buildtool explain job-ttl": 0,
    "buildtool check --write-baseline .buildtool-baseline.json": 0,
    "buildtool check --baseline .buildtool-baseline.json": 0,
    "buildtool check --diff origin/main": 0,
    "pre-commit run buildtool-check --all-files": 0,
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with one old finding."""
    origin = flux_repository(tmp_path / "origin")
    commit(origin, **{"apps/job.yaml": JOB})
    git(tmp_path, "clone", "--quiet", str(origin), "checkout")
    return tmp_path / "checkout"


def test_every_command_runs_in_the_order_of_the_page(checkout: Path) -> None:
    tool("pre-commit")
    hooks = checkout.parent / "hooks"
    hooks.mkdir()
    git(hooks, "init", "--quiet")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    [shown] = re.findall(r"^`\.pre-commit-config\.yaml`\n\n```yaml\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
    shown = shown.replace(ADDRESS, str(hooks)).replace("<commit>", commit(hooks))
    shown = shown.replace("id: buildtool-check\n", "id: buildtool-check\n        language: system\n")
    (checkout / ".pre-commit-config.yaml").write_text(shown, encoding="utf-8")
    commit(checkout)
    for line in OURS:
        ran = typed(line, checkout, ours=line not in INSTALLED)
        assert ran.returncode == ENDS.get(line, Exit.NO), f"{line}: {ran.stdout}{ran.stderr}"
        assert "Traceback" not in ran.stderr
    assert set(ENDS) <= set(OURS)
    assert (checkout / "buildtool.sarif").is_file()


def test_the_ways_to_install_it_work(checkout: Path) -> None:
    """What they run is the last commit, with its dependencies from the package index, without our environment."""
    tool("uvx")
    for line in INSTALLED:
        ran = typed(line, checkout, ours=line not in INSTALLED)
        checks = line.endswith("buildtool check")
        assert ran.returncode == (Exit.NO if checks else 0), f"{line}: {ran.stdout}{ran.stderr}"
        assert ("error[job-ttl]" in ran.stdout) is checks
    assert sum(line.endswith("buildtool check") for line in INSTALLED) == 2


def test_every_option_of_the_command_that_it_names_exists() -> None:
    from buildtool.cli.check import check  # noqa: PLC0415

    known = {name for option in check.params for name in option.opts}
    named = {word for line in OURS if "buildtool check" in line for word in line.split() if word.startswith("--")}
    assert named <= known
