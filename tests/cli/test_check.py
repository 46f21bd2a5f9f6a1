"""`buildtool check`, as a program: exit codes, formats, paths, and what it does not import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.flux.lint.test_pages import PAGES, example, lay_out
from tests.support.buildtool import buildtool
from tests.support.gitrepos import commit, git

JOB = (
    "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: deploy\nspec:\n  ttlSecondsAfterFinished: 600\n"
    "  template:\n    spec: {}\n"
)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    (folder / "apps").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "apps" / "job.yaml").write_text(JOB, encoding="utf-8")
    (folder / "apps" / "good.yaml").write_text("a: 1\n", encoding="utf-8")
    commit(folder)
    return folder


def test_findings_end_with_3_and_show_the_line(repo: Path) -> None:
    ran = buildtool("check", cwd=repo)
    assert ran.code == 3
    assert "apps/job.yaml:6:3: error[job-ttl]" in ran.stdout
    assert "6 |   ttlSecondsAfterFinished: 600" in ran.stdout
    assert "  |   ^" in ran.stdout
    assert "why: " in ran.stdout
    assert "fix: remove ttlSecondsAfterFinished" in ran.stdout
    assert "1 error, 0 warnings" in ran.stderr


def test_nothing_found_ends_with_0_and_an_empty_stdout(repo: Path) -> None:
    ran = buildtool("check", "apps/good.yaml", cwd=repo)
    assert (ran.code, ran.stdout) == (0, "")


def test_paths_are_relative_to_the_directory_and_may_be_folders(repo: Path) -> None:
    assert buildtool("check", "job.yaml", cwd=repo / "apps").code == 3
    assert buildtool("-C", "apps", "check", "job.yaml", cwd=repo).code == 3
    assert buildtool("check", ".", cwd=repo / "apps").code == 3
    assert buildtool("check", str(repo / "apps"), cwd=repo).code == 3


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/hostname", "apps/none.yaml", "apps/\n.yaml", "a" * 300])
def test_a_path_that_cannot_be_checked_is_a_finding(repo: Path, path: str) -> None:
    (repo.parent / "outside.yaml").write_text("a: 1\n", encoding="utf-8")
    ran = buildtool("check", path, cwd=repo)
    assert ran.code == 3
    assert re.search(r"error\[file-(outside|unreadable)\]", ran.stdout)
    assert "Traceback" not in ran.stderr


def test_json(repo: Path) -> None:
    ran = buildtool("check", "--json", cwd=repo)
    document = ran.document
    assert ran.code == 3
    assert (document["schema"], document["errors"], document["warnings"]) == ("buildtool.check/v1", 1, 0)
    finding = document["findings"][0]
    assert (finding["code"], finding["severity"]) == ("job-ttl", "error")
    assert (finding["path"], finding["line"], finding["column"]) == ("apps/job.yaml", 6, 3)
    assert (Path(__file__).parents[2] / finding["docs"]).is_file()


def test_github_annotations(repo: Path) -> None:
    lines = buildtool("check", "--format", "github", cwd=repo).stdout.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("::error file=apps/job.yaml,line=6,col=3,title=buildtool job-ttl::Job deploy")
    assert "%0A" in lines[0]


def test_sarif(repo: Path) -> None:
    run = json.loads(buildtool("check", "--format", "sarif", cwd=repo).stdout)["runs"][0]
    result = run["results"][0]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "job-ttl"
    where = result["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == "apps/job.yaml"
    assert where["region"] == {"startLine": 6, "startColumn": 3}


@pytest.mark.parametrize("style", ["text", "github", "json", "sarif"])
def test_what_stands_in_a_file_cannot_forge_output(repo: Path, style: str) -> None:
    name = '"\\n::error::forged\\e[31m"'
    (repo / "apps" / "job.yaml").write_text(JOB.replace("deploy", name), encoding="utf-8")
    ran = buildtool("check", "--format", style, cwd=repo)
    assert ran.code == 3
    assert "\n::error::forged" not in ran.stdout
    assert "\x1b[31mf" not in ran.stdout
    assert "\x1b" not in ran.stdout


def test_strict_makes_warnings_count(repo: Path) -> None:
    (repo / "apps" / "job.yaml").unlink()
    (repo / "compose.yaml").write_text("version: '3'\nservices: {}\n", encoding="utf-8")
    assert buildtool("check", cwd=repo).code == 0
    assert buildtool("check", "--strict", cwd=repo).code == 3


def test_mistakes_of_the_configuration_are_findings(repo: Path) -> None:
    (repo / "buildtool.toml").write_text("registry = 5\nnonsense = true\n", encoding="utf-8")
    ran = buildtool("check", "--json", cwd=repo)
    found = [(f["path"], f["line"]) for f in ran.document["findings"] if f["code"] == "config-invalid"]
    assert ran.code == 3
    assert ("buildtool.toml", 1) in found
    assert ("buildtool.toml", 2) in found


@pytest.mark.parametrize("toml", ["", "= =", "a = [" * 2000, "\x00"])
def test_no_configuration_makes_it_crash(repo: Path, toml: str) -> None:
    (repo / "buildtool.toml").write_text(toml, encoding="utf-8")
    assert buildtool("check", cwd=repo).code == 3


def test_without_git(tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(JOB, encoding="utf-8")
    assert buildtool("check", cwd=tmp_path, env={"PATH": "/nowhere"}).code == 3


def test_inside_a_hook_the_repository_is_the_one_around_us(repo: Path, tmp_path: Path) -> None:
    """These are set by git for hooks; a worktree's hook has them pointing elsewhere."""
    other = {"GIT_DIR": str(tmp_path / "no"), "GIT_INDEX_FILE": str(tmp_path / "none"), "GIT_WORK_TREE": "/"}
    assert buildtool("check", cwd=repo, env=other).code == 3


def configured() -> str:
    """The image objects of the overview, and the buildtool.toml of the page."""
    page = (PAGES / "tag-not-taken.md").read_text(encoding="utf-8")
    return example("marker-malformed", "Fails")[1] + page


@pytest.mark.parametrize(("heading", "code"), [("Fails", 3), ("Passes", 0)])
def test_the_page_of_tag_not_taken(tmp_path: Path, heading: str, code: int) -> None:
    text, _ = example("tag-not-taken", heading)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    lay_out(tmp_path, "", beside=configured())
    commit(tmp_path)
    command = re.search(r"```sh\nbuildtool (.+)\n```", text)
    assert command is not None
    ran = buildtool(*command[1].split(), cwd=tmp_path)
    assert ran.code == code, ran
    assert ("error[tag-not-taken]" in ran.stdout) is (code == 3)


def test_a_branch_that_is_not_deployed_is_only_warned_about(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=feature/x")
    lay_out(tmp_path, "", beside=configured())
    commit(tmp_path)
    ran = buildtool("check", "--tags-only", cwd=tmp_path)
    assert ran.code == 0
    assert "warning[tag-not-taken]" in ran.stdout
    assert "feature-x-" in ran.stdout


@pytest.mark.parametrize(
    ("tag", "versions", "code", "words"),
    [
        ("v1.2.3", ">=1.0.0", 0, ""),
        ("v0.1.0", ">=1.0.0", 3, "'0.1.0' is outside the range '>=1.0.0'"),
        ("", ">=1.0.0", 0, ""),
    ],
)
def test_a_release_is_checked_by_its_version(tmp_path: Path, tag: str, versions: str, code: int, words: str) -> None:
    """An image whose policy orders by version has no builds of branches: nothing is said about those."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    page = configured()
    start = page.index("  filterTags:") if "  filterTags:" in page else -1
    assert start > 0
    lay_out(tmp_path, "", beside=page)
    for file in tmp_path.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        changed = re.sub(
            r"  filterTags:\n(?:    .*\n)+  policy:\n(?:    .*\n)+",
            f"  policy:\n    semver: {{range: '{versions}'}}\n",
            text,
        )
        file.write_text(changed, encoding="utf-8")
    assert "semver" in "".join(file.read_text(encoding="utf-8") for file in tmp_path.rglob("*.yaml"))
    commit(tmp_path)
    if tag:
        git(tmp_path, "tag", tag)
        git(tmp_path, "checkout", "--quiet", "--detach")
    ran = buildtool("check", "--tags-only", cwd=tmp_path)
    assert ran.code == code, ran
    assert words in ran.stdout


def test_tags_of_other_forms_are_no_mistake_where_there_is_no_configuration(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=master")
    lay_out(tmp_path, "", beside=example("marker-malformed", "Fails")[1])
    commit(tmp_path)
    ran = buildtool("check", "--tags-only", cwd=tmp_path)
    assert (ran.code, ran.stdout) == (0, "")
    assert "nothing to do: there is no buildtool.toml" in ran.stderr
    assert buildtool("check", "--tags-only", "--json", cwd=tmp_path).document["findings"] == []


@pytest.mark.parametrize("options", [(), ("--tags-only",)])
def test_a_configuration_that_is_named_must_be_there(repo: Path, options: tuple[str, ...]) -> None:
    named = buildtool("--config", "none.toml", "check", *options, cwd=repo)
    from_environment = buildtool("check", *options, cwd=repo, env={"BUILDTOOL_CONFIG": "none.toml"})
    for ran in (named, from_environment):
        assert ran.code == 2
        assert "none.toml" in ran.stderr


def test_a_configuration_that_is_a_broken_link_is_a_finding(repo: Path) -> None:
    (repo / "buildtool.toml").symlink_to("none.toml")
    assert "error[config-invalid]" in buildtool("check", cwd=repo).stdout


def test_explain_shows_the_page_beside_the_finding(repo: Path) -> None:
    ran = buildtool("check", "--explain", cwd=repo)
    assert ran.code == 3
    assert "\n  means: " in ran.stdout
    assert set(buildtool("check", "--explain", "--json", cwd=repo).document["findings"][0]) > {"title", "meaning"}


def test_a_file_of_sarif_beside_another_format(repo: Path) -> None:
    ran = buildtool("check", "--format", "github", "--sarif-file", "out.sarif", cwd=repo)
    assert ran.code == 3
    assert ran.stdout.startswith("::error file=apps/job.yaml")
    assert json.loads((repo / "out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"][0]["ruleId"] == "job-ttl"
    ran = buildtool("check", "apps/good.yaml", "--sarif-file", "none/out.sarif", cwd=repo)
    assert (ran.code, "none/out.sarif" in ran.stderr) == (2, True)


def test_check_imports_neither_docker_nor_git_nor_httpx_nor_rich(repo: Path) -> None:
    program = (
        "import sys\nfrom buildtool.cli.main import main\n"
        "try:\n    main(['check'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'docker', 'git', 'httpx', 'rich', 'tenacity'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=repo, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
