"""Facts from real repositories, and the ways git and its hooks could fool us."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from buildtool.errors import (
    GIT_DUBIOUS_OWNERSHIP,
    GIT_FAILED,
    GIT_MISSING,
    GIT_NO_COMMIT,
    GIT_NO_WORK_TREE,
    GIT_NOT_A_REPOSITORY,
    BuildtoolError,
    Exit,
)
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from buildtool.errors import (
        Kind,
    )

ODD_BRANCHES = [
    "feature/main",
    "x" * 200,
    "ünïcode/日本",
    "HEAD",
    "(detached)",
    "a'b\"c$d;e",
    "@",
    "refs/heads/x",
    "-x",
]


def at(folder: Path) -> GitRepo:
    return GitRepo(folder, os.environ)


def refused(folder: Path, kind: Kind) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        _ = at(folder).facts
    assert caught.value.kind is kind, caught.value.message
    return caught.value


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo")


def test_the_facts_of_a_checkout(repo: Path) -> None:
    git(repo, "remote", "add", "other", "https://example.org/other")
    git(repo, "remote", "add", "origin", "https://user:hunter2@example.org/owner/repo.git")
    (repo / "below").mkdir()
    facts = at(repo / "below").facts
    assert facts.root == str(repo)
    assert (facts.sha, facts.branch) == (git(repo, "rev-parse", "HEAD"), "main")
    assert str(facts.commit_time) == git(repo, "log", "-1", "--format=%ct")
    assert (facts.dirty, facts.shallow) == (False, False)
    assert facts.source == "https://example.org/owner/repo"


@pytest.mark.parametrize("branch", ODD_BRANCHES)
def test_a_branch_is_called_what_it_is_called(tmp_path: Path, branch: str) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    git(folder, "init", "--quiet")
    try:
        git(folder, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
        commit(folder, file="1")
    except AssertionError as error:
        pytest.skip(f"this git does not take the name: {error}")
    assert at(folder).branch == branch
    assert at(folder).head[0] == git(folder, "rev-parse", "HEAD")


def test_detached(repo: Path) -> None:
    git(repo, "checkout", "--quiet", "--detach")
    assert at(repo).branch is None
    assert at(repo).facts.sha == git(repo, "rev-parse", "HEAD")


def test_a_hooks_variables_do_not_fool_us(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = repository(tmp_path / "other", "elsewhere")
    (other / "dirty").touch()
    expected = at(repo).facts
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / ".git/index",
        "GIT_OBJECT_DIRECTORY": other / ".git/objects",
        "GIT_COMMON_DIR": other / ".git",
        "GIT_PREFIX": "x/",
        "GIT_NAMESPACE": "n",
        "GIT_CONFIG_PARAMETERS": f"'core.worktree={other}'",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_TRACE": "1",
        "LC_ALL": "C.UTF-8",
    }.items():
        monkeypatch.setenv(name, str(value))
    fooled = at(repo)
    assert fooled.facts == expected
    assert fooled.is_ancestor(expected.sha, expected.sha) is True
    assert fooled.history.commit(expected.sha) is not None, "GitPython is given our environment"
    assert fooled.history.commits_of("file") == at(repo).history.commits_of("file")


def test_in_a_real_hook(repo: Path, tmp_path: Path) -> None:
    """A pre-commit hook of one repository that looks at another."""
    other = repository(tmp_path / "other", "elsewhere")
    answer = tmp_path / "answer"
    hook = repo / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    code = f"import os; from buildtool.adapters.git import GitRepo; f = GitRepo({str(other)!r}, os.environ).facts"
    path = Path(__file__).parents[2]
    hook.write_text(
        f"#!{shutil.which('env')} -S {sys.executable}\n"
        f"import sys; sys.path.insert(0, {str(path)!r})\n{code}\n"
        f"open({str(answer)!r}, 'w').write(f'{{f.branch}} {{f.dirty}} {{\"GIT_INDEX_FILE\" in os.environ}}')\n",
        encoding="utf-8",
    )
    hook.chmod(0o755)
    commit(repo, file="2")
    assert answer.read_text() == "elsewhere False True"


def test_a_worktree(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    facts = at(tmp_path / "side").facts
    assert (facts.root, facts.branch, facts.dirty) == (str(tmp_path / "side"), "side", False)
    assert at(tmp_path / "side").is_ancestor(facts.sha, facts.sha) is True


def test_a_submodule_and_its_parent(repo: Path, tmp_path: Path) -> None:
    library = repository(tmp_path / "library", "lib")
    git(repo, "submodule", "--quiet", "add", str(library), "lib")
    commit(repo, "with a submodule")
    assert at(repo / "lib").facts.root == str(repo / "lib")
    assert at(repo).changes == ()
    assert "lib" not in at(repo).unmodified()


def test_a_shallow_clone_knows_that_it_does_not_know(repo: Path, tmp_path: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    second = commit(repo, file="2")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repo}", "shallow")
    shallow = at(tmp_path / "shallow")
    assert shallow.facts.shallow
    assert shallow.is_ancestor(first, second) is None
    assert shallow.is_ancestor(second, second) is True
    assert shallow.fetch_hint() == "git fetch --unshallow"
    git(tmp_path / "shallow", "fetch", "--quiet", "--depth=1", "origin", first)
    assert shallow.is_ancestor(first, second) is None, "both commits are there, what is between them is not"
    assert at(repo).fetch_hint() == "git fetch --all"


def test_no_commit_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    assert "has no commit yet" in refused(tmp_path, GIT_NO_COMMIT).message


def test_a_head_that_points_to_nothing_is_not_a_new_repository(repo: Path) -> None:
    (repo / ".git/refs/heads/main").write_text("1" * 40 + "\n")
    assert "bad ref" in refused(repo, GIT_FAILED).message


def test_no_repository(tmp_path: Path) -> None:
    assert str(tmp_path) in refused(tmp_path, GIT_NOT_A_REPOSITORY).message
    refused(tmp_path / "nowhere", GIT_FAILED)


def test_no_work_tree(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    for folder in (tmp_path / "bare", repo / ".git"):
        error = refused(folder, GIT_NO_WORK_TREE)
        assert (str(folder) in f"{error.place} {error.message}", error.fix) == (True, GIT_NO_WORK_TREE.fix)


def test_someone_elses_repository(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's own test switch makes every repository a stranger's, whoever runs the tests."""
    real = shutil.which("git")
    shim = tmp_path / "bin/git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
    error = refused(repo, GIT_DUBIOUS_OWNERSHIP)
    assert error.fix == f"git config --global --add safe.directory {repo}"
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(repo))
    assert at(repo).facts.branch == "main", "trust said by variables counts, as CI says it"
    monkeypatch.delenv("GIT_CONFIG_COUNT")
    subprocess.run(error.fix, shell=True, check=True)
    assert at(repo).facts.branch == "main"


def test_no_git(repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = refused(repo, GIT_MISSING)
    assert (error.fix, error.kind.exit) == (GIT_MISSING.fix, Exit.GIT)


def test_files_whose_bytes_are_the_blobs(repo: Path) -> None:
    commit(repo, **{"a": "1", "src/ü b": "2", "changed": "3", "staged": "4", "gone": "5"})
    (repo / "link").symlink_to("a")
    commit(repo)
    (repo / "changed").write_text("other")
    (repo / "staged").write_text("other")
    git(repo, "add", "staged")
    (repo / "gone").unlink()
    (repo / "untracked").write_text("6")
    found = at(repo / "src").unmodified()
    assert found.keys() == {"file", "a", "src/ü b"}
    assert found["a"] == git(repo, "hash-object", "a")


@pytest.mark.parametrize(
    "attributes",
    ["a text", "a text=auto", "a filter=lfs -text", "* eol=lf", "a ident", "a working-tree-encoding=ISO-8859-1"],
)
def test_files_that_git_may_change_on_their_way_are_not_among_them(repo: Path, attributes: str) -> None:
    commit(repo, a="1\n", **{".gitattributes": attributes + "\n"})
    assert "a" not in at(repo).unmodified()


def test_attributes_outside_of_the_tree_and_line_ends(repo: Path) -> None:
    commit(repo, a="1\n")
    assert "a" in at(repo).unmodified()
    (repo / ".git/info").mkdir(exist_ok=True)
    (repo / ".git/info/attributes").write_text("a ident\n")
    assert "a" not in at(repo).unmodified()
    git(repo, "config", "core.autocrlf", "input")
    assert at(repo).unmodified() == {}


@pytest.mark.parametrize("told", ["--assume-unchanged", "--skip-worktree"])
def test_files_that_git_is_told_not_to_look_at_are_not_among_them(repo: Path, told: str) -> None:
    commit(repo, a="1")
    git(repo, "update-index", told, "a")
    assert at(repo).facts.dirty
    assert "a" not in at(repo).unmodified()


def test_a_file_that_changed_with_its_stamps_put_back(repo: Path) -> None:
    """Also where the repository says that the time of the last change of a file's data is enough."""
    git(repo, "config", "core.trustctime", "false")
    git(repo, "config", "core.checkStat", "minimal")
    commit(repo, a="1")
    time.sleep(1.1)  # older than the index, or git would read it anyway
    git(repo, "update-index", "--refresh")
    before = (repo / "a").stat()
    (repo / "a").write_text("2")
    os.utime(repo / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "a" not in at(repo).unmodified()


def test_replaced_commits_are_not_believed(repo: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    second = commit(repo, file="2")
    orphan = git(repo, "commit-tree", "-m", "orphan", "HEAD^{tree}")
    git(repo, "replace", second, orphan)
    assert at(repo).head[0] == second
    assert at(repo).is_ancestor(first, second) is True


def test_a_repository_with_long_names_of_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256", "--initial-branch=main", "long")
    sha = commit(tmp_path / "long", file="1")
    assert at(tmp_path / "long").facts.sha == sha
    assert len(sha) == 64
    later = commit(tmp_path / "long", file="2")
    assert at(tmp_path / "long").is_ancestor(sha, later) is True
    assert at(tmp_path / "long").is_ancestor(later, sha) is False
    assert at(tmp_path / "long").named(sha) == f'{sha[:12]} ("change")'


def test_a_damaged_repository(repo: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    second = commit(repo, file="2")
    third = commit(repo, file="3")
    lost = repo / ".git/objects" / second[:2] / second[2:]
    lost.unlink()
    with pytest.raises(BuildtoolError) as caught:
        at(repo).is_ancestor(first, third)
    assert caught.value.kind is GIT_FAILED


def test_the_first_remote_counts_where_there_is_no_origin(repo: Path) -> None:
    assert at(repo).source is None
    git(repo, "remote", "add", "upstream", "git@example.org:owner/repo.git")
    git(repo, "remote", "add", "zzz", "git@example.org:owner/zzz.git")
    assert at(repo).source == "https://example.org/owner/repo"


def test_the_default_branch_of_origin(repo: Path, tmp_path: Path) -> None:
    assert at(repo).default_branch is None
    git(tmp_path, "clone", "--quiet", str(repo), "clone")
    git(tmp_path / "clone", "switch", "--quiet", "--create", "feature")
    assert at(tmp_path / "clone").default_branch == at(repo).branch


def test_what_git_ignores(repo: Path) -> None:
    assert at(repo).ignored([]) == frozenset()
    assert at(repo).ignored(["new.toml", "below/new.toml"]) == frozenset()
    commit(repo, **{"kept.toml": "1"})
    commit(repo, **{".gitignore": "*.toml\n/hidden/\n"})
    asked = ["new.toml", "kept.toml", "new.yaml", "hidden/new.yaml", "-x.toml", ":a\nb.toml"]
    assert at(repo).ignored(asked) == {"new.toml", "hidden/new.yaml", "-x.toml", ":a\nb.toml"}


def test_what_stands_below_a_link_or_in_another_checkout_is_not_asked_for(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (repo / "linked").symlink_to(tmp_path / "outside")
    repository(repo / "inner")
    commit(repo, **{".gitignore": "*.toml\n"})
    assert at(repo).ignored(["linked/a.toml", "linked/b/a.toml", "inner/a.toml", "a.toml"]) == {"a.toml"}


def test_the_git_tags_of_head(tmp_path: Path) -> None:
    """Annotated ones too; those of other commits are not among them."""
    folder = repository(tmp_path / "repo")
    git(folder, "tag", "v1.0.0")
    commit(folder, "second", file="2\n")
    assert at(folder).tags == ()
    git(folder, "tag", "v1.1.0")
    git(folder, "tag", "--annotate", "--message=release", "team/v1.1.0")
    assert set(at(folder).tags) == {"v1.1.0", "team/v1.1.0"}
    assert set(at(folder).facts.tags) == set(at(folder).facts.head.tags) == set(at(folder).tags)
