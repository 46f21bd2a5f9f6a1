"""The hooks, through a real `pre-commit run` in a scratch repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.flux_repo import JOB, flux_repository
from tests.support.gitrepos import commit, git
from tests.support.need import need

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
CONFIG = """\
repos:
  - repo: {hooks}
    rev: {rev}
    hooks:
      - id: buildtool-check
        language: system
      - id: buildtool-tag-policy
        language: system
"""
DEPLOYMENT = "apps/frontend/deployment.yaml"


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the committed manifests, whose hooks come from a repository with our .pre-commit-hooks.yaml.

    `language: system` spares the installation, which needs a package index; everything else is as users have it.
    """
    need(shutil.which("pre-commit", path=_path()), "pre-commit is not installed: make test installs it")
    monkeypatch.setenv("PATH", _path())
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    hooks, here = tmp_path / "hooks", tmp_path / "scratch"
    for folder in (hooks, here):
        folder.mkdir()
        git(folder, "init", "--quiet", "--initial-branch=master")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    rev = commit(hooks)
    for name in ("apps", "clusters", "infrastructure", ".github"):
        shutil.copytree(ROOT / name, here / name)
    for path in (*ROOT.glob("Dockerfile.*"), ROOT / "buildtool.toml", ROOT / "docker-compose.backend.yml"):
        shutil.copy(path, here)
    (here / ".pre-commit-config.yaml").write_text(CONFIG.format(hooks=hooks, rev=rev), encoding="utf-8")
    commit(here)
    return here


def _path() -> str:
    """`buildtool` and `pre-commit` of this environment come first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def precommit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pre-commit", "run", "--color=never", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")
    git(folder, "add", path)


def test_the_committed_tree_passes_both_hooks(scratch: Path) -> None:
    ran = precommit(scratch, "--all-files")
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("Passed") == 2


def test_a_changed_file_with_a_mistake_is_refused_with_its_line(scratch: Path) -> None:
    edit(scratch, DEPLOYMENT, "flux-system:frontend", "flux-system:front")
    ran = precommit(scratch)
    assert ran.returncode == 1
    assert "marker-unknown-policy" in ran.stdout
    assert f"{DEPLOYMENT}:" in ran.stdout


def test_a_file_that_breaks_another_is_refused(scratch: Path) -> None:
    edit(scratch, "clusters/pi-cluster/image-automation.yaml", "path: ./", "path: ./clusters")
    ran = precommit(scratch, "buildtool-check")
    assert ran.returncode == 1
    assert "marker-outside-path" in ran.stdout
    assert DEPLOYMENT in ran.stdout


def test_a_mistake_that_was_there_before_does_not_stop_another_change(scratch: Path) -> None:
    edit(
        scratch, "apps/post-deploy/job.yaml", "  backoffLimit: 2\n", "  backoffLimit: 2\n  ttlSecondsAfterFinished: 9\n"
    )
    commit(scratch)
    edit(scratch, "apps/frontend/service.yaml", "port: 80", "port: 81")
    assert precommit(scratch, "buildtool-check").returncode == 0
    assert precommit(scratch, "buildtool-check", "--all-files").returncode == 1


def test_the_tag_hook_refuses_a_policy_that_leaves_out_this_branch(scratch: Path) -> None:
    edit(scratch, "clusters/pi-cluster/image-automation.yaml", "(?:main|master)", "main")
    ran = precommit(scratch, "buildtool-tag-policy")
    assert ran.returncode == 1
    assert "tag-not-taken" in ran.stdout
    assert "master-" in ran.stdout


@pytest.fixture
def flux_only(tmp_path: Path, scratch: Path) -> Path:
    """A repository with Flux manifests alone, on a branch that none of them names."""
    here = flux_repository(tmp_path / "flux-only")
    shutil.copy(scratch / ".pre-commit-config.yaml", here)
    git(here, "checkout", "--quiet", "-b", "feature/x")
    commit(here)
    return here


def test_both_hooks_pass_where_there_are_only_flux_manifests(flux_only: Path) -> None:
    ran = precommit(flux_only, "--all-files", "--verbose")
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("Passed") == 2
    assert "nothing to do" in ran.stdout


def test_a_mistake_there_is_refused_without_a_word_of_our_configuration(flux_only: Path) -> None:
    edit(flux_only, "apps/web.yaml", "flux-system:web", "flux-system:wbe")
    ran = precommit(flux_only)
    assert ran.returncode == 1
    assert "apps/web.yaml:" in ran.stdout
    assert "marker-unknown-policy" in ran.stdout
    assert "buildtool.toml" not in ran.stdout
    assert ran.stdout.count("Passed") == 1


def test_the_hook_with_a_baseline_and_with_what_the_commit_makes(flux_only: Path) -> None:
    """The configuration that docs/check.md shows, with the hooks of this checkout."""
    [shown] = re.findall(r"^`\.pre-commit-config\.yaml`\n\n```yaml\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
    configured = yaml.safe_load((flux_only / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]
    document = yaml.safe_load(shown)
    document["repos"][0] |= {"repo": configured["repo"], "rev": configured["rev"]}
    [hook] = document["repos"][0]["hooks"]
    hook["language"] = "system"
    commit(flux_only, **{"apps/job.yaml": JOB})
    subprocess.run(
        ["buildtool", "check", "--write-baseline", hook["args"][1]], cwd=flux_only, check=True, capture_output=True
    )
    for arguments in (hook["args"], ["--diff", "HEAD"]):
        hook["args"] = arguments
        (flux_only / ".pre-commit-config.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        commit(flux_only)
        assert precommit(flux_only, "--all-files").returncode == 0
        (flux_only / "apps" / "new.yaml").write_text(JOB, encoding="utf-8")
        git(flux_only, "add", "apps/new.yaml")
        ran = precommit(flux_only)
        assert ran.returncode == 1
        assert "apps/new.yaml:6:3: error[job-ttl]" in ran.stdout
        assert "apps/job.yaml" not in ran.stdout
        git(flux_only, "reset", "--quiet", "--hard")


def test_our_own_configuration_runs_the_published_hooks() -> None:
    """The local copy differs from .pre-commit-hooks.yaml in how the hooks start, in nothing else."""
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    start = {"entry", "language", "description", "minimum_pre_commit_version"}
    for theirs, ours in zip(published, own, strict=True):
        assert {k: v for k, v in theirs.items() if k not in start} == {k: v for k, v in ours.items() if k not in start}
        assert ours["entry"].endswith(theirs["entry"].removeprefix("buildtool "))


def test_installed_by_pre_commit_as_users_have_it(scratch: Path) -> None:
    """From this repository's last commit, with its dependencies from the package index, without our environment."""
    rev = git(ROOT, "rev-parse", "HEAD")
    own = CONFIG.replace("        language: system\n", "").format(hooks=ROOT, rev=rev)
    (scratch / ".pre-commit-config.yaml").write_text(own, encoding="utf-8")
    commit(scratch)
    ran = precommit(scratch, "--all-files")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("Passed") == 2
