"""A clone of one branch for this process alone: it can be made anew at any time, and nothing in it is worth keeping."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.adapters.git.program import GitProgram
from buildtool.adapters.git.remote import GitRemote
from buildtool.errors import GIT_FAILED, GIT_REMOTE, USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.adapters.git.remote import RemoteBranch

# `ext::COMMAND` and its like, and a host that ssh would read as an option (git: "strange hostname blocked").
_RUNS_A_PROGRAM = re.compile(r"[\w-]+::|(?:[a-z+]+://)?(?:[^@/:]*@)?-")
_DIGITS = 5  # of a number of settings
_SSH = (
    "ssh",
    "-F/dev/null",
    "-oBatchMode=yes",
    "-oStrictHostKeyChecking=yes",
    "-oGlobalKnownHostsFile=/dev/null",
    "-oIdentitiesOnly=yes",
    "-oConnectTimeout=15",
    "-oServerAliveInterval=15",
)


@dataclass(frozen=True, slots=True)
class RemoteAccess:
    """How the remote is reached, read only.

    `url` is `https://…`, `ssh://…`, `user@host:path` or an absolute path on this computer. `ssh_key` and `known_hosts`
    are files for ssh; `credentials` is a file for https in git's own form, `username=…` and `password=…` on two lines.
    """

    url: str
    ssh_key: Path | None = None
    known_hosts: Path | None = None
    credentials: Path | None = None

    @property
    def is_ssh(self) -> bool:
        host, colon, _ = self.url.partition(":")
        return self.url.startswith("ssh://") or ("://" not in self.url and bool(colon) and "/" not in host)

    def check(self) -> None:
        """Raises usage for what git refuses later, and where anybody on the way could change the answers."""
        if _RUNS_A_PROGRAM.match(self.url):
            message = f"the remote {self.url[:200]} names a program, or an option of one"
            raise BuildtoolError(USAGE, message, fix="name a host: --remote https://host/owner/repository.git")
        if self.is_ssh and self.known_hosts is None:
            raise BuildtoolError(
                USAGE,
                "the remote is reached by ssh, and nothing says which host key it has",
                fix="pin it: --known-hosts FILE, with the key that its owner published",
            )
        if not self.is_ssh and not self.url.startswith(("https://", "/")):
            message = f"the remote {self.url[:200]} is neither https, nor ssh, nor an absolute path"
            raise BuildtoolError(USAGE, message, fix="name one of these: --remote https://host/owner/repository.git")
        if not self.url.isprintable() or (not self.is_ssh and "@" in self.url.partition("://")[2].split("/")[0]):
            message = "the remote's URL holds a user or a password, or what cannot be printed"
            raise BuildtoolError(USAGE, message, fix="leave it out: --git-credentials FILE")

    def variables(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment for git: keys and credentials are read from their files by the programs that need them."""
        found = dict(environ)
        if self.is_ssh:
            found["GIT_SSH_COMMAND"] = shlex.join([*_SSH, *self._ssh_files()])
        if self.credentials is not None:
            given = found.get("GIT_CONFIG_COUNT", "")
            number = int(given) if given.isascii() and given.isdecimal() and len(given) < _DIGITS else 0
            quoted = shlex.quote(str(self.credentials.absolute()))
            found[f"GIT_CONFIG_KEY_{number}"] = "credential.helper"
            found[f"GIT_CONFIG_VALUE_{number}"] = f'!f() {{ test "$1" = get && cat {quoted}; }}; f'
            found["GIT_CONFIG_COUNT"] = str(number + 1)
        return found

    def _ssh_files(self) -> list[str]:
        known = [f"-oUserKnownHostsFile={self.known_hosts.absolute()}"] if self.known_hosts is not None else []
        return [*known, *(["-i", str(self.ssh_key.absolute())] if self.ssh_key is not None else [])]


class BranchClone:
    """The work tree at `folder` stands on the newest commit of `branch` after each `update`; None: the default one."""

    def __init__(self, folder: Path, access: RemoteAccess, branch: str | None, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._access = access
        self._branch = branch
        self._environ = access.variables(environ)

    def update(self) -> RemoteBranch:
        """The branch as it stands on the remote now, with its commits here. Raises errors of kind git-*.

        A clone that is damaged, as one is whose fetch was killed, is made anew once.
        """
        try:
            return self._updated()
        except BuildtoolError:
            if not self._damaged():
                raise
        shutil.rmtree(self._folder, ignore_errors=True)
        return self._updated()

    def _damaged(self) -> bool:
        """Whether the clone itself is what fails: git says the same of a remote that sends too little."""
        program = GitProgram(self._folder, self._environ)
        try:
            return os.path.exists(self._folder) and program.ask("fsck", "--connectivity-only", "--no-progress") is None
        except BuildtoolError:
            return True

    def _updated(self) -> RemoteBranch:
        program = GitProgram(self._folder, self._environ)
        there = os.path.exists(self._folder / ".git" / "HEAD")
        if not there or program.ask("config", "--get", "remote.origin.url") != f"{self._access.url}\n":
            self._make(program)
        branch = GitRemote(program).fetch(self._branch)
        if branch is None:
            raise BuildtoolError(GIT_REMOTE, f"the remote has no branch {self._branch or '(HEAD)'}")
        if program.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}") != f"{branch.sha}\n":
            (self._folder / ".git" / "index.lock").unlink(missing_ok=True)  # of a checkout that was killed
            program.read("checkout", "--quiet", "--force", "--detach", "--no-recurse-submodules", branch.sha, "--")
        return branch

    def _make(self, program: GitProgram) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            self._folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise BuildtoolError(GIT_FAILED, f"{self._folder}: {error.strerror}") from error
        program.read("init", "--quiet", "--template=", "--initial-branch=clone", ".")
        program.read("remote", "add", "origin", "--", self._access.url)
