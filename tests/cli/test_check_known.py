"""`check --diff` and `--baseline`, as programs on real repositories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.buildtool import buildtool
from tests.support.gitrepos import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.buildtool import Ran


def job(name: str, ttl: int | None = 600, lines: int = 0) -> str:
    """A Job that check finds fault with, some lines down in its file."""
    field = f"  ttlSecondsAfterFinished: {ttl}\n" if ttl is not None else ""
    head = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: "
    return "# moved\n" * lines + f"{head}{name}\nspec:\n{field}  backoffLimit: 2\n  template:\n    spec: {{}}\n"


CONFIGURATION = """\
registry = "registry.example:5000"

[images.web]
dockerfile = "Dockerfile"
platforms = ["linux/arm64"]
policy = "flux-system:none"
"""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """With one old finding, in a.yaml."""
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, **{"a.yaml": job("old"), "good.yaml": job("good", None)})
    return folder


def places(ran: Ran) -> list[tuple[str, int]]:
    assert ran.code in (0, 3), ran
    return [(finding["path"], finding["line"]) for finding in ran.document["findings"]]


def diff(repo: Path, base: str = "main", *options: str) -> list[tuple[str, int]]:
    return places(buildtool("check", "--json", "--diff", base, *options, cwd=repo))


def test_what_was_there_before_is_not_reported(repo: Path) -> None:
    ran = buildtool("check", "--diff", "HEAD", cwd=repo)
    assert (ran.code, ran.stdout) == (0, "")
    assert "nothing new found; 1 finding of before left out" in ran.stderr


def test_moved_lines_and_new_names_are_followed(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "-b", "work")
    git(repo, "mv", "a.yaml", "b.yaml")
    commit(repo, **{"b.yaml": job("old", lines=3)})
    assert places(buildtool("check", "--json", cwd=repo)) == [("b.yaml", 9)]
    assert diff(repo) == []
    commit(repo, **{"b.yaml": job("new") + "---\n" + job("old", lines=3)})
    assert diff(repo, "HEAD~1") == [("b.yaml", 6)]


def test_what_the_change_makes_in_the_work_tree_the_index_and_commits(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "-b", "work")
    commit(repo, **{"b.yaml": job("b")})
    (repo / "c.yaml").write_text(job("c"), encoding="utf-8")
    git(repo, "add", "c.yaml")
    (repo / "d.yaml").write_text(job("d"), encoding="utf-8")
    assert diff(repo) == [("b.yaml", 6), ("c.yaml", 6), ("d.yaml", 6)]
    assert diff(repo, "HEAD") == [("c.yaml", 6), ("d.yaml", 6)]
    assert diff(repo, "main", "c.yaml", "a.yaml") == [("c.yaml", 6)]


def test_what_the_other_branch_did_meanwhile_is_not_the_changes(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "-b", "work")
    commit(repo, **{"b.yaml": job("b")})
    git(repo, "checkout", "--quiet", "main")
    commit(repo, **{"a.yaml": job("old", None)})
    git(repo, "checkout", "--quiet", "work")
    assert diff(repo) == [("b.yaml", 6)]


def test_a_finding_in_a_file_that_did_not_change_is_the_changes_too(repo: Path) -> None:
    marked = 'apiVersion: v1\nkind: X\nimage: h/web:1 # {"$imagepolicy": "flux-system:web"}\n'
    policy = (
        "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata:\n  name: web\n"
        "  namespace: flux-system\nspec:\n  imageRepositoryRef:\n    name: web\n"
        "  policy:\n    alphabetical:\n      order: asc\n"
    )
    before = commit(repo, **{"app.yaml": marked, "flux.yaml": policy})
    (repo / "flux.yaml").unlink()
    found = buildtool("check", "--json", "--diff", before, cwd=repo).document["findings"]
    assert [(one["code"], one["path"]) for one in found] == [("marker-unknown-policy", "app.yaml")]


def test_the_configuration_of_the_commit_counts_there(repo: Path) -> None:
    (repo / "Dockerfile").touch()
    before = commit(repo)
    commit(repo, **{"buildtool.toml": CONFIGURATION})
    assert diff(repo, before) == [("buildtool.toml", 6)]
    assert diff(repo, "HEAD") == []
    (repo / "Dockerfile").unlink()
    assert diff(repo, "HEAD") == [("buildtool.toml", 4)]
    commit(repo)
    assert diff(repo, "HEAD") == []
    (repo / "buildtool.toml").unlink()
    assert diff(repo, "HEAD") == []


def test_in_a_folder_below_and_with_a_configuration_there(repo: Path) -> None:
    commit(repo, **{"sub/buildtool.toml": CONFIGURATION, "sub/Dockerfile": "", "sub/a.yaml": job("sub")})
    assert diff(repo / "sub", "HEAD") == []
    (repo / "sub" / "b.yaml").write_text(job("b"), encoding="utf-8")
    assert diff(repo / "sub", "HEAD", "b.yaml") == [("sub/b.yaml", 6)]


@pytest.mark.parametrize("name", ["none", "", "--help", "-n1"])
def test_a_base_that_is_not_there_is_an_error_even_where_nothing_is_found(repo: Path, name: str) -> None:
    ran = buildtool("check", "good.yaml", f"--diff={name}", cwd=repo)
    assert ran.code == 10
    assert "there is no commit" in ran.stderr
    assert "git-unknown-base" in ran.stderr


def test_without_a_repository(tmp_path: Path) -> None:
    ran = buildtool("check", "--diff", "HEAD", cwd=tmp_path)
    assert (ran.code, "git-not-a-repository" in ran.stderr) == (10, True)


def test_a_baseline_is_the_same_wherever_lines_stand_and_hides_what_it_holds(repo: Path) -> None:
    assert buildtool("check", "--write-baseline", "known.json", cwd=repo).code == 0
    text = (repo / "known.json").read_text(encoding="utf-8")
    commit(repo, **{"a.yaml": job("old", lines=5)})
    assert buildtool("check", "--write-baseline", "known.json", cwd=repo).code == 0
    assert (repo / "known.json").read_text(encoding="utf-8") == text
    commit(repo, **{"b.yaml": job("b")})
    ran = buildtool("check", "--json", "--baseline", "known.json", cwd=repo)
    assert (ran.code, places(ran), ran.document["known"]) == (3, [("b.yaml", 6)], 1)
    assert places(buildtool("check", "--json", "--baseline", "known.json", "a.yaml", cwd=repo)) == []


def test_writing_reports_nothing_and_says_what_to_type(repo: Path) -> None:
    ran = buildtool("check", "--write-baseline", "known.json", cwd=repo)
    assert ran.stdout == ""
    assert "1 finding written to known.json; leave them out with --baseline known.json" in ran.stderr


def test_entries_that_are_no_longer_needed_are_said(repo: Path) -> None:
    commit(repo, **{"b.yaml": job("b")})
    buildtool("check", "--write-baseline", "known.json", cwd=repo)
    commit(repo, **{"a.yaml": job("old", None), "b.yaml": job("b", None)})
    ran = buildtool("check", "--baseline", "known.json", cwd=repo)
    assert ran.code == 0
    assert "2 entries of the baseline are no longer needed" in ran.stderr
    assert "1 entry" in buildtool("check", "--baseline", "known.json", "a.yaml", cwd=repo).stderr
    assert "entr" not in buildtool("check", "--baseline", "known.json", "good.yaml", cwd=repo).stderr


def test_a_baseline_and_a_base_together(repo: Path) -> None:
    buildtool("check", "--write-baseline", "known.json", cwd=repo)
    commit(repo, **{"b.yaml": job("b")})
    (repo / "c.yaml").write_text(job("c"), encoding="utf-8")
    assert diff(repo, "HEAD", "--baseline", "known.json") == [("c.yaml", 6)]


def test_every_page_of_a_rule_leaves_nothing_beside_its_own_baseline(repo: Path) -> None:
    """Not even the baseline itself, which holds the messages."""
    broken = "a: 1 # {\"$imagepolicy\": flux-system:web}\nb: 1 # {'$imagepolicy': 'x'}\nc: [\n"
    commit(repo, **{"broken.yaml": broken, "note.json": '{"a": 1} # {"$imagepolicy": "a:b"}'})
    buildtool("check", "--write-baseline", "known.json", cwd=repo)
    ran = buildtool("check", "--json", "--baseline", "known.json", cwd=repo)
    assert (places(ran), ran.document["gone"]) == ([], 0)
    assert ran.document["known"] > 2


@pytest.mark.parametrize("text", ["", "{}", "[]", "\0", "[" * 100_000, json.dumps({"schema": "buildtool.baseline/v2"})])
def test_a_file_that_is_no_baseline(repo: Path, text: str) -> None:
    (repo / "known.json").write_text(text, encoding="utf-8")
    ran = buildtool("check", "--baseline", "known.json", "good.yaml", cwd=repo)
    assert (ran.code, "baseline-invalid" in ran.stderr, "known.json" in ran.stderr) == (2, True, True)


@pytest.mark.parametrize("options", [("--baseline", "none.json"), ("--write-baseline", "none/known.json")])
def test_a_file_that_cannot_be_read_or_written(repo: Path, options: tuple[str, ...]) -> None:
    ran = buildtool("check", *options, cwd=repo)
    assert (ran.code, options[1] in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    "options",
    [
        ("--write-baseline", "b", "a.yaml"),
        ("--write-baseline", "b", "--baseline", "c"),
        ("--write-baseline", "b", "--diff", "HEAD"),
        ("--tags-only", "--write-baseline", "b"),
        ("--tags-only", "--diff", "HEAD"),
    ],
)
def test_options_that_contradict_each_other(repo: Path, options: tuple[str, ...]) -> None:
    ran = buildtool("check", *options, cwd=repo)
    assert (ran.code, "does not go with" in ran.stderr) == (2, True)
    assert not (repo / "b").exists()
