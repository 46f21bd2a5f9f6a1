"""The repository this one was cloned from: what its branches hold now, without touching anything of this checkout.

A fetch adds objects and nothing else: no branch, no remote-tracking branch, no tag, no FETCH_HEAD, no file. It goes the
way `git fetch` goes: the remote's address, its credentials and core.sshCommand are the repository's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from buildtool.adapters.git.program import is_no
from buildtool.errors import GIT_FAILED, GIT_REMOTE, BuildtoolError

if TYPE_CHECKING:
    from buildtool.adapters.git.program import GitProgram

_HEADS = "refs/heads/"
_NO_LOGIN = ("could not read Username", "could not read Password", "Authentication failed")
_LOG_IN = "give git a credential for it; in a workflow, BUILDTOOL_GIT_TOKEN: ${{ github.token }}"
_MOST_BYTES = 1 << 20  # of one file
_NO_NAMES = {"", ".", ".."}  # between the / of a path
_ADDS_OBJECTS_ONLY = (
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",  # git 2.29
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--no-prune",
    "--refmap=",
)


@dataclass(frozen=True, slots=True)
class RemoteBranch:
    """A branch of the remote, and the full commit it stands on."""

    name: str
    sha: str


class GitRemote:
    """`program` runs at the root of the work tree; every method may raise git-remote and other errors of kind git-*."""

    def __init__(self, program: GitProgram) -> None:
        self._program = program

    @cached_property
    def name(self) -> str:
        """`origin`, or the first remote there is."""
        names = self._program.read("remote").splitlines()
        if not names:
            raise BuildtoolError(
                GIT_REMOTE, "this repository has no remote", fix="name it: git remote add origin ADDRESS"
            )
        return "origin" if "origin" in names else names[0]

    def branch(self, name: str | None = None) -> RemoteBranch | None:
        """The branch as it stands there now; without a name its default branch. None where there is no such branch."""
        if name is None:
            name = self._default()
            if name is None:
                return None
        listed = self._ask("ls-remote", "--quiet", "--", self.name, _HEADS + name)
        refs = {ref: sha for sha, _, ref in (line.partition("\t") for line in listed.splitlines())}
        sha = refs.get(_HEADS + name)
        return RemoteBranch(name, sha) if sha else None

    def fetch(self, name: str | None = None) -> RemoteBranch | None:
        """The same, with its commits brought here, so that `history` and `text` can be asked about its `sha`."""
        branch = self.branch(name)
        if branch is not None and not self._program.is_commit(branch.sha):
            self._ask("fetch", *_ADDS_OBJECTS_ONLY, "--", self.name, _HEADS + branch.name)
            if not self._program.is_commit(branch.sha):
                raise BuildtoolError(
                    GIT_REMOTE, f"{self.name}: {branch.name} moved while it was fetched", fix="run the command again"
                )
        return branch

    def text(self, sha: str, path: str, limit: int = _MOST_BYTES) -> str | None:
        """A file of that commit, CRLF as LF, of at most `limit` bytes.

        None where the path is no file there, or the commit not here.
        """
        if _NO_NAMES & set(path.split("/")) or not self._program.is_commit(sha):
            return None
        listed = self._ask("ls-tree", "-z", "--full-tree", sha, "--", path).rstrip("\0")
        information, _, found = listed.partition("\t")
        if found != path or not information.startswith("100"):
            return None
        blob = information.split()[2]
        size = int(self._ask("cat-file", "-s", blob))
        if size > limit:
            raise BuildtoolError(GIT_FAILED, f"{path} of {sha[:12]} has {size:,} bytes, more than {limit:,}")
        return self._ask("cat-file", "blob", blob)

    def holding(self, sha: str, text: str) -> list[str]:
        """Paths of the files of that commit that hold a text; none where the commit is not here."""
        if not self._program.is_commit(sha):
            return []
        options = ("--no-color", "--no-recurse-submodules", "--name-only", "--full-name", "-z", "-I", "-F")
        try:
            found = self._ask("grep", *options, "-e", text, sha, "--")
        except BuildtoolError as error:
            if not is_no(error):
                raise
            return []
        return [line.removeprefix(f"{sha}:") for line in found.split("\0") if line]

    def _default(self) -> str | None:
        listed = self._ask("ls-remote", "--quiet", "--symref", "--", self.name, "HEAD")
        line = next((line for line in listed.splitlines() if line.startswith("ref: ")), "")
        reference = line.removeprefix("ref: ").partition("\t")[0]
        return reference.removeprefix(_HEADS) if reference.startswith(_HEADS) else None

    def _ask(self, *arguments: str) -> str:
        """A clone that holds part of the objects gets what it lacks, so that all of these may go to the remote."""
        try:
            return self._program.remote(*arguments)
        except BuildtoolError as error:
            if error.kind is not GIT_FAILED:
                raise
            fix = _LOG_IN if any(words in error.message for words in _NO_LOGIN) else None
            raise BuildtoolError(GIT_REMOTE, error.message, place=self.name, fix=fix) from error.__cause__
