from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from buildtool.core.facts import Fact, State
from buildtool.errors import GIT_FAILED, BuildtoolError
from buildtool.usecases.doctor.repairs import repair

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class Git:
    ran: list[list[str]] = field(default_factory=list)

    def version(self) -> str:
        return "2"

    def setting(self, name: str) -> str | None:
        return name

    def run(self, arguments: Sequence[str]) -> None:
        self.ran.append(list(arguments))
        if arguments[0] == "fetch":
            raise BuildtoolError(GIT_FAILED, "no remote")


def broken(fix: str, subject: str = "git", state: State = State.FAILED) -> Fact:
    return Fact(subject, "something", state, "", fix)


def test_what_is_safe_is_run_once() -> None:
    git, fix = Git(), "git config --global --add safe.directory '/srv/a b'"
    done = repair(git, [broken(fix), broken(fix), broken("git fetch --unshallow", state=State.WARNING)])
    assert git.ran == [["config", "--global", "--add", "safe.directory", "/srv/a b"], ["fetch", "--unshallow"]]
    assert [(one.command, one.problem) for one in done] == [(fix, None), ("git fetch --unshallow", "no remote")]


@pytest.mark.parametrize(
    "fact",
    [
        broken("git stash --include-untracked"),
        broken("git fetch --unshallow", subject="docker"),
        broken("git fetch --unshallow", state=State.OK),
        broken("git fetch --unshallow --force"),
        broken("git config --global --add safe.directory *"),
        broken("git config --global --add core.sshCommand /bin/false"),
        broken("systemctl restart docker"),
        broken("it's nothing a shell could read"),
        broken(""),
    ],
)
def test_nothing_else_is(fact: Fact) -> None:
    git = Git()
    assert repair(git, [fact]) == []
    assert git.ran == []
