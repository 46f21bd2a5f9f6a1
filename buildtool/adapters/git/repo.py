"""A checkout's facts, read with the git program: every command needs them, and importing GitPython costs 150 ms."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters.git.changed_files import changed_paths
from buildtool.adapters.git.commit_change import read_change
from buildtool.adapters.git.program import GitProgram, is_no
from buildtool.core.commit.checkout import Checkout, source_url
from buildtool.errors import GIT_FAILED, GIT_NO_COMMIT, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.adapters.git.commit_change import CommitChange
    from buildtool.adapters.git.history import GitHistory
    from buildtool.adapters.git.remote import GitRemote

_HEADS, _TAGS = "refs/heads/", "refs/tags/"
_SHA = re.compile(r"[0-9a-f]{40,64}")
_TIME = re.compile(r"-?[0-9]{1,12}")
# files that no attribute makes git convert between the blob and the disk
_UNCHANGED_ON_THE_WAY = ":(attr:!text !eol !crlf !ident !filter !working-tree-encoding)"
_SHORT = 12  # digits of a commit in a message


class GitRepo:
    """The repository around `directory`; every method may raise an error of kind git-*."""

    def __init__(self, directory: Path | str, environ: Mapping[str, str]) -> None:
        self._program = GitProgram(directory, environ)

    @cached_property
    def root(self) -> Path:
        """The top of the work tree."""
        return Path(self._program.read("rev-parse", "--show-toplevel").removesuffix("\n"))

    @cached_property
    def shallow(self) -> bool:
        return self._program.read("rev-parse", "--is-shallow-repository").strip() == "true"

    @cached_property
    def branch(self) -> str | None:
        """The branch HEAD stands on, whatever its name, or None when detached."""
        reference = self._program.ask("symbolic-ref", "--quiet", "HEAD")
        return reference.strip("\n").removeprefix(_HEADS) if reference and reference.startswith(_HEADS) else None

    @cached_property
    def default_branch(self) -> str | None:
        """The branch that `origin` calls its default, as this clone has it noted; None where it has not."""
        reference = self._program.ask("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        prefix = "refs/remotes/origin/"
        return reference.strip("\n").removeprefix(prefix) if reference and reference.startswith(prefix) else None

    @cached_property
    def head(self) -> tuple[str, int]:
        """The full commit of HEAD and its time in unix seconds."""
        try:
            shown = self._program.read("log", "--no-patch", "--max-count=1", "--format=%H %ct", "HEAD", "--")
        except BuildtoolError as error:
            if self.branch and self._program.ask("show-ref", "--verify", "--quiet", _HEADS + self.branch) is None:
                raise BuildtoolError(GIT_NO_COMMIT, f"{self.root} has no commit yet") from error
            raise
        sha, _, time = shown.strip().partition(" ")
        if not _SHA.fullmatch(sha) or not _TIME.fullmatch(time):
            raise BuildtoolError(GIT_FAILED, f"git log printed something else than a commit and its time: {sha[:80]!r}")
        return sha, int(time)

    @cached_property
    def sha(self) -> str | None:
        """The full commit of HEAD; None where there is no commit yet."""
        try:
            return self.head[0]
        except BuildtoolError as error:
            if error.kind is GIT_NO_COMMIT:
                return None
            raise

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """Paths that differ from HEAD, files in submodules too, untracked ones, and what git is told not to look at."""
        return tuple(changed_paths(self._program.at(self.root)))

    def ignored(self, paths: Sequence[str]) -> frozenset[str]:
        """Those of the paths from the root that git's ignore rules leave out and that are not tracked.

        A path below a link or in a submodule is none of this repository's, and in no answer.
        """
        own = (path for path in paths if not self._is_elsewhere(path))
        asked = "".join(f"{path}\0" for path in own).encode()
        try:
            listed = self._program.at(self.root).read_bytes("check-ignore", "-z", "--stdin", stdin=asked)
        except BuildtoolError as error:
            if not is_no(error, strict=True):
                raise
            return frozenset()
        return frozenset(filter(None, listed.decode().split("\0")))

    def _is_elsewhere(self, path: str) -> bool:
        """Whether a folder on the way from the root is a link, or a checkout of its own."""
        above = [self.root / folder for folder in Path(path).parents if folder.name]
        return any(os.path.islink(folder) or os.path.exists(folder / ".git") for folder in above)

    @cached_property
    def source(self) -> str | None:
        """The address of `origin`, or of the first remote there is, fit for a label."""
        remotes = [line.partition("\t") for line in self._program.read("remote", "--verbose").splitlines()]
        urls = {name: url.rpartition(" (")[0] for name, _, url in reversed(remotes)}
        return source_url(urls.get("origin") or next(reversed(urls.values()), ""))

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The git tags of HEAD's commit, annotated ones too."""
        listed = self._program.read("for-each-ref", "--points-at=HEAD", "--format=%(refname)", "refs/tags")
        return tuple(name.removeprefix(_TAGS) for name in listed.splitlines())

    @cached_property
    def facts(self) -> Checkout:
        root = str(self.root)  # first: it says plainly when there is no repository
        sha, time = self.head
        return Checkout(root, sha, self.branch, self.changes, self.shallow, time, self.source, self.tags)

    def unmodified(self) -> Mapping[str, str]:
        """Blob ids of the tracked files whose bytes on the disk are the blob's, by path from the root.

        Without those that differ, that git is told not to look at, or that git changes on their way (line ends, LFS).
        """
        converted = (self._program.ask("config", "--get", "core.autocrlf") or "false").strip().lower()
        if converted not in {"false", "no", "off", "0"}:
            return {}
        changed = set(self.changes)
        listed = self._program.at(self.root).read("ls-files", "-z", "-v", "--stage", "--", _UNCHANGED_ON_THE_WAY)
        entries = (entry.partition("\t") for entry in listed.split("\0") if entry.startswith("H 100"))
        return {path: info.split()[2] for info, _, path in entries if path not in changed and info.endswith(" 0")}

    def change(self, sha: str) -> CommitChange | None:
        """What a commit changed, and who made it; None for a commit that this clone does not hold."""
        return read_change(self._program.at(self.root), sha)

    @cached_property
    def history(self) -> GitHistory:
        """How a commit is called, what changed a path."""
        from buildtool.adapters.git.history import GitHistory  # noqa: PLC0415 -- GitPython takes 150 ms

        return GitHistory(self._program.at(self.root))

    @cached_property
    def remote(self) -> GitRemote:
        """The repository this one was cloned from."""
        from buildtool.adapters.git.remote import GitRemote  # noqa: PLC0415 -- few commands ask

        return GitRemote(self._program.at(self.root))

    def named(self, sha: str) -> str:
        """A commit as a person knows it: short, with the first line of its message where this clone holds it."""
        commit = self.history.commit(sha)
        return f'{sha[:_SHORT]} ("{commit.subject}")' if commit else sha[:_SHORT]

    def is_ancestor(self, older: str, newer: str) -> bool | None:
        """Whether `newer` contains `older`; None when this clone does not know.

        A shallow clone can prove yes, never no.
        """
        if not self._program.is_commit(older) or not self._program.is_commit(newer):
            return None
        # by the program itself: every push asks this, and GitPython takes 100 ms to import
        if self._program.ask("merge-base", "--is-ancestor", older, newer, strict=True) is not None:
            return True
        return None if self.shallow else False

    def fetch_hint(self) -> str:
        """The command that brings commits this clone does not have."""
        return "git fetch --unshallow" if self.shallow else "git fetch --all"
