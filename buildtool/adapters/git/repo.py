"""A checkout's facts, read with the git program."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters import process
from buildtool.adapters.git.environment import clean
from buildtool.adapters.git.failures import translated
from buildtool.core.commit.checkout import Checkout, source_url
from buildtool.core.text.globs import matches
from buildtool.errors import GIT_NO_COMMIT, GIT_NOT_A_REPOSITORY, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.adapters.git.history import GitHistory

_SHA = re.compile(r"[0-9a-f]{4,64}")
_HEADS = "refs/heads/"
_SHORT = 12  # digits of a commit in a message
_SECONDS = 300.0  # the first status of a large checkout on a Pi's card is slow
# A repository's own configuration must not make us run its programs, or hide what changed.
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "log.showSignature=false")


class GitRepo:
    """The repository around `directory`; every method may raise an error of kind git-*."""

    def __init__(self, directory: Path | str, environ: Mapping[str, str]) -> None:
        try:
            self.directory = os.path.abspath(directory)  # noqa: PTH100 -- resolve() would change the path that is shown
        except FileNotFoundError as error:
            raise BuildtoolError(GIT_NOT_A_REPOSITORY, "the directory this runs in was deleted") from error
        self.environ = clean(environ)

    @cached_property
    def root(self) -> Path:
        """The top of the work tree."""
        return Path(self._run("rev-parse", "--show-toplevel").removesuffix("\n"))

    @cached_property
    def shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository").strip() == "true"

    @cached_property
    def branch(self) -> str | None:
        """The branch HEAD stands on, whatever its name, or None when detached."""
        reference = self._try("symbolic-ref", "--quiet", "HEAD")
        return reference.strip("\n").removeprefix(_HEADS) if reference and reference.startswith(_HEADS) else None

    @cached_property
    def head(self) -> tuple[str, int]:
        """The full commit of HEAD and its time in unix seconds."""
        try:
            sha, _, time = self._run("show", "--no-patch", "--format=%H %ct", "HEAD", "--").strip().partition(" ")
        except BuildtoolError as error:
            if self.branch and self._try("show-ref", "--verify", "--quiet", _HEADS + self.branch) is None:
                raise BuildtoolError(GIT_NO_COMMIT, f"{self.root} has no commit yet") from error
            raise
        return sha, int(time)

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """Paths that differ from HEAD, with submodules that did, and untracked ones that are not ignored."""
        listed = self._run(
            "status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=none", "--no-renames"
        )
        return tuple(entry[3:] for entry in listed.split("\0") if entry)

    @cached_property
    def source(self) -> str | None:
        """The address of `origin`, or of the first remote there is, fit for a label."""
        remotes = [line.partition("\t") for line in self._run("remote", "--verbose").splitlines()]
        urls = {name: url.rpartition(" (")[0] for name, _, url in reversed(remotes)}
        return source_url(urls.get("origin") or next(reversed(urls.values()), ""))

    @cached_property
    def facts(self) -> Checkout:
        root = str(self.root)  # first: it says plainly when there is no repository
        sha, time = self.head
        return Checkout(root, sha, self.branch, self.changes, self.shallow, time, self.source)

    def files(self, globs: tuple[str, ...] = (), revision: str = "HEAD") -> Mapping[str, tuple[str, str]]:
        """Mode and blob id of every committed file the globs take, by path; none for an unknown commit."""
        if not self._is_commit(revision):
            return {}
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", revision)
        entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
        return {path: (info.split()[0], info.split()[2]) for info, _, path in entries if matches(path, globs)}

    def ignored(self) -> tuple[str, ...]:
        """Files that are there and that git ignores: a build context may hold them all the same."""
        listed = self._run("-C", str(self.root), "ls-files", "--others", "--ignored", "--exclude-standard", "-z")
        return tuple(path for path in listed.split("\0") if path)

    def named(self, sha: str) -> str:
        """A commit as a person knows it: short, with the first line of its message where this clone holds it."""
        commit = self.history.commit(sha)
        return f'{sha[:_SHORT]} ("{commit.subject}")' if commit else sha[:_SHORT]

    @cached_property
    def history(self) -> GitHistory:
        """How to name a commit, and what changed between two."""
        from buildtool.adapters.git.history import GitHistory  # noqa: PLC0415 -- GitPython takes 150 ms

        return GitHistory(self.root, self.environ)

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        """Whether `newer` contains `older`; None when this clone does not know. A shallow one can prove yes, never no.

        Asked of the program: GitPython knows no SHA-256 repositories, and this answer guards a push.
        """
        if not self._is_commit(older) or not self._is_commit(newer):
            return None
        if self._try("merge-base", "--is-ancestor", older, newer, strict=True) is not None:
            return True
        return None if self.shallow else False

    def fetch_hint(self) -> str:
        """The command that brings commits this clone does not have."""
        return "git fetch --unshallow" if self.shallow else "git fetch --all"

    def _is_commit(self, revision: str) -> bool:
        if revision != "HEAD" and not _SHA.fullmatch(revision):
            return False
        return self._try("rev-parse", "--verify", "--quiet", revision + "^{commit}") is not None

    def _run(self, *arguments: str) -> str:
        argv = ["git", *_SETTINGS, "-C", self.directory, *arguments]
        try:
            return process.run(argv, env=self.environ, timeout=_SECONDS).stdout
        except process.ProgramError as error:
            raise translated(error, ["git", *arguments], self.directory) from error

    def _try(self, *arguments: str, strict: bool = False) -> str | None:
        """Output, or None where git answers no with exit code 1; `strict`: a no with a complaint is a failure."""
        try:
            return self._run(*arguments)
        except BuildtoolError as error:
            cause = error.__cause__
            if (
                not isinstance(cause, process.ProgramError)
                or cause.returncode != 1
                or (strict and cause.stderr.strip())
            ):
                raise
            return None
