"""Nothing of a repository's own runs while it is read, and git is given no secret."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.git import GitRepo
from buildtool.errors import GIT_INCOMPLETE, BuildtoolError
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = [
    "core.fsmonitor",
    "core.pager",
    "core.sshCommand",
    "core.askPass",
    "core.editor",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "gpg.program",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "credential.helper",
    "pager.log",
    "pager.status",
    "alias.status",
    "alias.rev-parse",
    "uploadpack.packObjectsHook",
    "sequence.editor",
    "trailer.evil.command",
]
HOOKS = ["reference-transaction", "post-index-change", "pre-auto-gc", "fsmonitor-watchman", "post-checkout"]


def everything(folder: Path) -> None:
    """Ask all there is to ask."""
    repo = GitRepo(folder, os.environ)
    sha = repo.facts.sha
    _ = (repo.unmodified(), repo.named(sha), repo.is_ancestor(sha, sha), repo.source, repo.sha)
    _ = repo.history.commits_of("file")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves the file `sprung` beside itself."""
    path = tmp_path / "trap.sh"
    path.write_text(f"#!/bin/sh\necho $0 >> {tmp_path}/sprung\ncat\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_its_own_programs_and_hooks_do_not_run(tmp_path: Path, trap: Path) -> None:
    repo = repository(tmp_path / "repo")
    commit(repo, **{"file": "2\n", ".gitattributes": "* diff=evil filter=evil\n"})
    (repo / "file").touch()  # git compares its content again
    git(repo, "remote", "add", "origin", "https://example.invalid/x")
    for name in PROGRAMS:
        git(repo, "config", name, f"!{trap}" if name.startswith(("alias", "credential")) else str(trap))
    git(repo, "config", "log.showSignature", "true")
    git(repo, "config", "protocol.ext.allow", "always")
    for hook in HOOKS:
        (repo / ".git/hooks").mkdir(exist_ok=True)
        shutil.copy(trap, repo / ".git/hooks" / hook)
    git(repo, "config", "filter.evil.required", "true")
    everything(repo)
    assert not (tmp_path / "sprung").exists(), (tmp_path / "sprung").read_text()


def test_a_submodules_programs_do_not_run(tmp_path: Path, trap: Path) -> None:
    repo = repository(tmp_path / "repo")
    git(repo, "submodule", "--quiet", "add", str(repository(tmp_path / "library")), "lib")
    commit(repo, "with a submodule")
    git(repo / "lib", "config", "core.fsmonitor", str(trap))
    everything(repo)
    assert not (tmp_path / "sprung").exists()


def partial_clone(tmp_path: Path, trap: Path, kept: str) -> tuple[GitRepo, str]:
    """A clone with `--filter=KEPT` whose settings name the trap for reaching the remote; and its first commit."""
    origin = repository(tmp_path / "origin")
    first = git(origin, "rev-parse", "HEAD")
    commit(origin, file="2\n")
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", f"--filter={kept}", origin.as_uri(), "clone")
    clone = tmp_path / "clone"
    git(clone, "remote", "set-url", "origin", "ssh://example.invalid/x")
    for name, value in {"core.sshCommand": trap, "protocol.allow": "always", "protocol.ssh.allow": "always"}.items():
        git(clone, "config", name, str(value))
    return GitRepo(clone, os.environ), first


def test_a_clone_without_old_folders_gets_none_while_it_is_read(tmp_path: Path, trap: Path) -> None:
    """It would fetch them by itself, with the programs its settings name."""
    found, first = partial_clone(tmp_path, trap, "tree:0")
    assert found.facts.changes == ()
    assert found.is_ancestor(first, found.head[0]) is True
    assert found.named(first) == f'{first[:12]} ("first")'
    with pytest.raises(BuildtoolError) as caught:
        found.history.commits_of("file")
    assert caught.value.kind is GIT_INCOMPLETE
    assert not (tmp_path / "sprung").exists()


def test_a_clone_without_old_contents_knows_the_commits(tmp_path: Path, trap: Path) -> None:
    found, _ = partial_clone(tmp_path, trap, "blob:none")
    assert [one.subject for one in found.history.commits_of("file")] == ["change", "first"]
    assert not (tmp_path / "sprung").exists()


def test_git_is_given_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by our runner, and not by GitPython behind it."""
    repo = repository(tmp_path / "repo")
    shim = tmp_path / "bin/git"
    shim.parent.mkdir()
    text = f'#!/bin/sh\nenv >> {tmp_path}/seen\nexec {shutil.which("git")} "$@"\n'
    shim.write_text(text, encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("BUILDTOOL_REGISTRY_PASSWORD", "hunter22")
    monkeypatch.setenv("NPM_TOKEN", "hunter33")
    everything(repo)
    seen = (tmp_path / "seen").read_text()
    assert "GIT_TERMINAL_PROMPT=0" in seen
    assert "hunter" not in seen
    assert os.environ["BUILDTOOL_REGISTRY_PASSWORD"] == "hunter22", "ours is left as it was"
