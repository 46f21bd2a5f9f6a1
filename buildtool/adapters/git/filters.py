"""Content filters that a repository's own settings name: git would run them to compare a file with its commit.

`filter.NAME.clean` in .git/config is a command like core.fsmonitor. It is switched off unless it is that of Git LFS or
git-crypt; then a file that only the filter makes equal to its commit counts as changed. A filter of the user's or the
machine's own settings is the user's word, and runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.errors import GIT_FAILED, BuildtoolError

if TYPE_CHECKING:
    from buildtool.adapters.git.program import GitProgram

_OF_THE_REPOSITORY = {"local", "worktree"}
# What `git lfs install --local` and `git-crypt unlock` write: words, without anything that a shell would act on.
_KNOWN = re.compile(r'"?git-(?:lfs|crypt)"?(?: [A-Za-z0-9 %._=/-]*)?')


def switched_off(program: GitProgram) -> list[str]:
    """Arguments to be given before the command, `-c` and a setting each; raises git-failed for a name with `=`."""
    listed = program.ask("config", "--show-scope", "-z", "--get-regexp", r"^filter\..*\.(clean|process)$")
    fields = (listed or "").split("\0")
    arguments: list[str] = []
    for scope, setting in zip(fields[::2], fields[1::2], strict=False):
        key, _, command = setting.partition("\n")
        if scope not in _OF_THE_REPOSITORY or not command or _KNOWN.fullmatch(command):
            continue
        if "=" in key:
            raise BuildtoolError(GIT_FAILED, f"the setting {key} of this repository names a program to be run")
        arguments += ["-c", f"{key}=", "-c", f"{key.rpartition('.')[0]}.required=false"]
    return arguments
