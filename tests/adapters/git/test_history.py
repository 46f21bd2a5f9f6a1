"""Questions about the history of real repositories, asked through GitPython."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from tests.support.gitrepos import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.adapters.git.history import GitHistory


@pytest.fixture(params=["sha1", "sha256"])
def repo(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """One commit on `main`, in a repository with short or long names of commits."""
    git(tmp_path, "init", "--quiet", f"--object-format={request.param}", "--initial-branch=main", "repo")
    commit(tmp_path / "repo", "first", file="1\n")
    return tmp_path / "repo"


def history(folder: Path) -> GitHistory:
    return GitRepo(folder, os.environ).history


def test_a_commit(repo: Path) -> None:
    sha = commit(repo, "Move the file\n\nbecause", other="x\n")
    found = history(repo).commit(sha)
    assert found is not None
    assert (found.sha, found.subject) == (sha, "Move the file")
    assert str(found.time) == git(repo, "log", "-1", "--format=%ct")
    assert history(repo).commit(sha[:7]) == found
    for unknown in ("f" * 40, "--all", "", "main", "HEAD~1", git(repo, "rev-parse", "HEAD:other")):
        assert history(repo).commit(unknown) is None


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("ünï 日本", "ünï 日本"),
        ("a\x1e\x1f\tb", "a\x1e\x1f\tb"),
        ("x" * 100_000, "x" * 498 + ".."),
        ("-\t-\tfile", "-\t-\tfile"),
    ],
    ids=["unicode", "control", "long", "like-numstat"],
)
def test_a_message_of_any_kind(repo: Path, message: str, subject: str) -> None:
    (repo / "message").write_text(message, encoding="utf-8")
    git(repo, "commit", "--quiet", "--allow-empty", "--file=message")
    found = history(repo).commit(git(repo, "rev-parse", "HEAD"))
    assert found is not None
    assert found.subject == subject


def test_no_message_and_no_author(repo: Path) -> None:
    tree = git(repo, "rev-parse", "HEAD^{tree}")
    raw = repo / "raw"
    raw.write_text(f"tree {tree}\nauthor  <> 5 +0000\ncommitter  <> 7 +0000\n\n", encoding="utf-8")
    sha = git(repo, "hash-object", "-w", "-t", "commit", "--literally", str(raw))
    found = history(repo).commit(sha)
    assert found is not None
    assert (found.time, found.subject) == (7, "")


def test_who_contains_whom(repo: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    second = commit(repo, "second", file="2\n")
    git(repo, "checkout", "--quiet", "-b", "side", first)
    side = commit(repo, "side", other="1\n")
    git(repo, "checkout", "--quiet", "--orphan", "alone")
    alone = commit(repo, "alone")
    found = GitRepo(repo, os.environ)
    assert found.is_ancestor(first, second) is True
    assert found.is_ancestor(second, first) is False
    assert found.is_ancestor(second, side) is False
    assert found.is_ancestor(first[:7], second[:7]) is True
    assert found.is_ancestor(alone, "HEAD") is True
    for unknown in ("f" * 40, "--all", "", "main", git(repo, "rev-parse", "HEAD:other")):
        assert found.is_ancestor(unknown, second) is None


def test_what_changed_a_path(repo: Path) -> None:
    commit(repo, "both", **{"file": "1\n2\n3\n", "apps/web.yaml": "a\n"})
    commit(repo, "other", other="x\n")
    last = commit(repo, "web", **{"apps/web.yaml": "b\nc\n"})
    found = history(repo).commits_of("apps/web.yaml")
    assert [one.subject for one in found] == ["web", "both"]
    assert found[0].sha == last
    assert [one.subject for one in history(repo).commits_of("file")] == ["both", "first"]
    assert [one.subject for one in history(repo).commits_of("apps", limit=1)] == ["web"]
    assert [one.subject for one in history(repo).commits_of("file", revision=found[1].sha[:9])] == ["both", "first"]


@pytest.mark.parametrize("path", ["*", ":(exclude)file", "--all", "../repo/file", "nowhere", "$HOME"])
def test_a_path_is_a_path_and_no_pattern(repo: Path, path: str) -> None:
    assert history(repo).commits_of(path if path != "../repo/file" else "file/..") == ()


def test_an_unknown_revision_has_no_history(repo: Path) -> None:
    assert history(repo).commits_of("file", revision="main") == ()
    assert history(repo).commits_of("file", revision="f" * 40) == ()


def test_settings_that_would_change_the_answer(repo: Path) -> None:
    expected = history(repo).commits_of("file")
    for name, value in {
        "log.follow": "true",
        "log.showRoot": "false",
        "log.diffMerges": "first-parent",
        "format.pretty": "oneline",
        "i18n.logOutputEncoding": "latin1",
        "diff.orderFile": "/nowhere",
        "core.quotePath": "true",
        "color.ui": "always",
        "log.decorate": "full",
    }.items():
        git(repo, "config", name, value)
    assert history(repo).commits_of("file") == expected
    assert [one.subject for one in expected] == ["first"]
