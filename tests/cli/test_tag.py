"""`buildtool tag`, as a program on real repositories."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from buildtool.adapters.git import GitRepo
from buildtool.core.commit.tags import BuildFacts, make_tag
from tests.support.gitrepos import git, repository

OLD_SCRIPT = Path(__file__).parents[1] / "fixtures" / "old-tag.sh"
CONFIG = """\
registry = "localhost:5000/team"
[images.web]
platforms = ["linux/arm64"]
[images.api]
platforms = ["linux/amd64"]
"""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def buildtool(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "buildtool", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_line_and_nothing_else(repo: Path) -> None:
    done = buildtool(repo, "tag")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(rf"main-{git(repo, 'rev-parse', 'HEAD')[:7]}-[0-9]{{10}}\n", done.stdout)


@pytest.mark.parametrize("arguments", [["tag"], ["tag", "--json"]])
def test_the_tag_is_never_masked(repo: Path, arguments: list[str]) -> None:
    done = buildtool(repo, *arguments, BUILD_TOKEN="main", REGISTRY_PASSWORD="main")
    assert re.search(r"main-[0-9a-f]{7}-[0-9]{10}", done.stdout)
    assert "***" not in done.stdout


def test_from_elsewhere_and_from_below(repo: Path, tmp_path: Path) -> None:
    (repo / "a/b").mkdir(parents=True)
    assert buildtool(repo / "a/b", "tag").stdout.startswith("main-")
    assert buildtool(tmp_path, "-C", "repo", "tag").stdout.startswith("main-")


def test_a_dirty_tree_is_told_on_stderr(repo: Path) -> None:
    (repo / "new").touch()
    done = buildtool(repo, "tag")
    assert re.fullmatch(r"main-[0-9a-f]{7}-dirty-[0-9]{10}\n", done.stdout)
    assert "warning: uncommitted: new; push refuses this tree" in done.stderr


def test_images_give_full_references_with_one_time(repo: Path) -> None:
    (repo / "buildtool.toml").write_text(CONFIG, encoding="utf-8")
    (repo / "Dockerfile").touch()
    both = buildtool(repo, "tag", "api", "web").stdout.splitlines()
    assert [line.rpartition(":")[0] for line in both] == ["localhost:5000/team/web", "localhost:5000/team/api"]
    assert len({line.rpartition(":")[2] for line in both}) == 1
    unknown = buildtool(repo, "tag", "wep")
    assert unknown.returncode == 2
    assert "did you mean web?" in unknown.stderr


def test_json(repo: Path) -> None:
    (repo / "buildtool.toml").write_text(f"{CONFIG}[tag]\nsha_length = 9\n", encoding="utf-8")
    (repo / "Dockerfile").touch()
    document = json.loads(buildtool(repo, "tag", "--json", "--branch", "feature/x", "web").stdout)
    assert document["images"] == {"web": f"localhost:5000/team/web:{document['tag']}"}
    assert (document["branch"], document["branch_source"]) == ("feature/x", "--branch")
    assert document["sha"] == git(repo, "rev-parse", "HEAD")
    assert document["tag"] == f"feature-x-{document['sha'][:9]}-dirty-{document['time']}"
    assert len(document["notes"]) == 2


def test_a_variable_of_ci_names_the_branch_of_a_detached_head(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "--detach")
    done = buildtool(repo, "tag")
    assert done.returncode == 10
    assert "fix: name it: --branch NAME" in done.stderr
    run = {"GITHUB_REF_NAME": "master", "GITHUB_REF_TYPE": "branch"}
    assert buildtool(repo, "tag", **run).stdout.startswith("master-")


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "words"),
    [
        (["--branch", ""], {}, 10, "--branch is empty"),
        (["--branch", "release/1"], {"BUILDTOOL_TAG_BRANCHES": "release-1"}, 3, "both become"),
        ([], {"BUILDTOOL_TAG_BRANCHES": "a/b,a-b"}, 2, "make the same tags"),
        ([], {"BUILDTOOL_TAG_SHA_LENGTH": "99"}, 2, "environment BUILDTOOL_TAG_SHA_LENGTH: tag.sha_length"),
        (["web"], {}, 2, "no buildtool.toml in"),
        ([], {"PATH": "/nonexistent"}, 10, "git is not installed"),
        (["--nonsense"], {}, 2, "No such option"),
    ],
)
def test_what_is_refused(repo: Path, arguments: list[str], variables: dict[str, str], code: int, words: str) -> None:
    done = buildtool(repo, "tag", *arguments, **variables)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_branch_of_any_bytes(repo: Path) -> None:
    raw = os.fsencode(sys.executable), b"-m", b"buildtool", b"tag", b"--json", b"--branch", b"a\xffb"
    done = subprocess.run(raw, cwd=repo, capture_output=True, check=True)
    assert json.loads(done.stdout)["branch_in_tag"] == "a-b"


def test_it_loads_click_and_the_core_only(repo: Path) -> None:
    code = (
        "import sys\nfrom buildtool.cli.main import main\ntry:\n main(['tag'])\nexcept SystemExit:\n pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=repo, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not loaded & {"httpx", "docker", "git", "rich", "yaml", "re2", "semver", "tenacity", "requests"}


@pytest.mark.parametrize(
    "branch",
    [
        "main",
        "master",
        "feature/login",
        "fix_1.2",
        "UPPER",
        "a//b".replace("//", "/"),
        "dependabot/npm_and_yarn/x-1.2.3",
    ],
)
def test_the_old_scripts_tag_byte_for_byte(tmp_path: Path, branch: str) -> None:
    folder = repository(tmp_path / "old", branch)
    now = "1707300000"
    old = subprocess.run([str(OLD_SCRIPT), now], cwd=folder, capture_output=True, check=True).stdout
    repo = GitRepo(folder, os.environ)
    assert repo.branch is not None
    new = make_tag(BuildFacts(repo.branch, "HEAD", repo.head[0], int(now)))
    assert f"{new.text}\n".encode() == old


def test_one_dash_a_character_as_the_old_script_in_a_utf8_locale(tmp_path: Path) -> None:
    folder = repository(tmp_path / "old", "grün/日本")
    run = [str(OLD_SCRIPT), "1"]
    done = subprocess.run(
        run, cwd=folder, env={**os.environ, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=True
    )
    repo = GitRepo(folder, os.environ)
    assert repo.branch is not None
    assert make_tag(BuildFacts(repo.branch, "HEAD", repo.head[0], 1)).text == done.stdout.strip()
    assert done.stdout.startswith("gr-n----")
