"""The commit that a change began at: found by any name of a revision, and its files read out of git's objects."""

from __future__ import annotations

import re
import shlex
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters.git.committed import CommittedFiles
from buildtool.adapters.git.filters import switched_off
from buildtool.adapters.git.program import GitProgram
from buildtool.core.text.suggestions import did_you_mean
from buildtool.errors import GIT_FAILED, GIT_NO_COMMIT, GIT_UNKNOWN_BASE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHA = re.compile(r"[0-9a-fA-F]{7,64}")
_LONGEST = 200  # characters of a name in a message


class GitBase:
    """Where `name` (a branch, tag, commit, `HEAD~3`) and HEAD parted, as in `git diff NAME...`.

    `wanted` says which paths are worth reading together. Every member may raise an error of kind git-*.
    """

    def __init__(
        self, directory: Path | str, environ: Mapping[str, str], name: str, wanted: Callable[[str], bool]
    ) -> None:
        self._program = GitProgram(directory, environ)
        self._name = name
        self._wanted = wanted

    @cached_property
    def sha(self) -> str:
        """The full commit. Without any common commit in a whole clone, the commit of that name itself."""
        named = self._commit(self._name)
        if named is None:
            raise self._unknown(f"there is no commit {self._shown}{self._meant()}")
        head = self._commit("HEAD")
        if head is None:
            raise BuildtoolError(GIT_NO_COMMIT, f"{self._program.directory} has no commit yet")
        common = (self._program.ask("merge-base", named, head, strict=True) or "").strip()
        if not common and self._shallow:
            raise self._unknown(f"this shallow clone does not reach back to where HEAD and {self._shown} parted")
        return common or named

    @cached_property
    def files(self) -> CommittedFiles:
        """The files of the commit, by paths from the root of the repository."""
        return CommittedFiles(self._program, self.sha, self._wanted)

    @cached_property
    def renames(self) -> Mapping[str, str]:
        """The new path of each file that was renamed since, by its old one."""
        root = self._program.at(Path(self._program.read("rev-parse", "--show-toplevel").removesuffix("\n")))
        options = ("--find-renames", "--name-status", "-z", "--diff-filter=R", "--no-ext-diff", "--no-textconv")
        listed = root.read(*switched_off(root), "diff", *options, "--ignore-submodules", self.sha, "--")
        fields = listed.split("\0")
        return dict(zip(fields[1::3], fields[2::3], strict=False))

    @property
    def _shown(self) -> str:
        return self._name[:_LONGEST] or "''"

    @cached_property
    def _shallow(self) -> bool:
        return self._program.read("rev-parse", "--is-shallow-repository").strip() == "true"

    def _commit(self, name: str) -> str | None:
        if not name or name.startswith(("-", "^")) or not name.isprintable():
            return None
        try:
            found = self._program.ask("rev-parse", "--verify", "--quiet", name + "^{commit}")
        except BuildtoolError as error:
            if error.kind is not GIT_FAILED:
                raise
            return None  # git ends with 128 for what cannot be the name of anything
        return found.strip() if found else None

    def _meant(self) -> str:
        listed = self._program.read("for-each-ref", "--format=%(refname:short)", "--count=5000")
        names = listed.splitlines()
        beside = next((name for name in names if name.endswith(f"/{self._name}")), None) if self._name else None
        return f"; did you mean {beside}?" if beside else did_you_mean(self._name, names)

    def _unknown(self, message: str) -> BuildtoolError:
        remotes = self._program.read("remote").splitlines()
        if not remotes:
            return BuildtoolError(GIT_UNKNOWN_BASE, message)
        return BuildtoolError(GIT_UNKNOWN_BASE, message, fix=shlex.join(self._fetch(remotes)))

    def _fetch(self, remotes: list[str]) -> list[str]:
        """The command that brings the commit: the whole history of a shallow clone, and the branch by its name."""
        command = ["git", "fetch", *(["--unshallow"] if self._shallow else [])]
        remote, _, branch = self._name.partition("/")
        if remote in remotes and branch:
            return [*command, remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"]
        remote = "origin" if "origin" in remotes else remotes[0]
        return [*command, remote, *([self._name] if _SHA.fullmatch(self._name) else [])]
