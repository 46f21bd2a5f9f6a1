"""History through GitPython: how a commit is called, what changed a path.

Of GitPython we use the layer that makes commands of calls (`git.merge_base(a, b, all=True)`). Its commands are run like
every other program of ours: in an environment of our choice, with a time limit. The layer above we cannot use:
`git.Repo` follows the GIT_DIR and GIT_OBJECT_DIRECTORY of the hook that called us, and its objects know no SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildtool.errors import GIT_FAILED, BuildtoolError

try:
    import git
except ImportError as _error:  # importing it runs `git version`
    raise BuildtoolError(GIT_FAILED, f"GitPython does not start: {_error}") from _error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.adapters.git.program import GitProgram

_MOST_COMMITS = 1000
_LONGEST = 500  # characters of an error
# Cut and padded by git itself: a message may be of any length, and no field is empty, so that two NUL begin a commit.
_FORMAT = "%x00%x00%H%x00%ct%x00%<(500,trunc)%s%x00"
_PLAIN = ("--encoding=UTF-8", "--no-ext-diff", "--no-textconv", "--no-renames")


@dataclass(frozen=True, slots=True)
class Commit:
    """`time` is unix seconds, `subject` the first line of the message."""

    sha: str
    time: int
    subject: str


class _Commands(git.Git):
    """GitPython's commands, run by our one runner of programs."""

    def __init__(self, program: GitProgram) -> None:
        super().__init__()
        self._program = program

    def execute(self, command: str | Sequence[Any], *_: Any, **__: Any) -> str:  # type: ignore[override]
        """`command` begins with the program's name."""
        return self._program.read(*map(str, command[1:]))


class GitHistory:
    """`program` runs at the root of the work tree.

    Every method takes shas that may come from anywhere, a label in a registry too; unknown ones give None or nothing.
    """

    def __init__(self, program: GitProgram) -> None:
        self._program = program
        self._git = _Commands(program)

    def commit(self, sha: str) -> Commit | None:
        if not self._program.is_commit(sha):
            return None
        return next(_commits(self._ask("log", "--no-patch", *_PLAIN, sha, "--", max_count=1, format=_FORMAT)), None)

    def commits_of(self, path: str, revision: str = "HEAD", limit: int = 20) -> tuple[Commit, ...]:
        """The last commits that changed a path (from the root; a file or a folder), the newest first.

        Nothing for an unknown revision; `limit` is at most 1,000. A shallow clone names its oldest commit for every
        path. Raises git-incomplete in a clone without folders (--filter=tree:0).
        """
        if revision != "HEAD" and not self._program.is_commit(revision):
            return ()
        arguments = ["--no-patch", *_PLAIN, revision, "--", f":(top,literal){path}"]
        return tuple(
            _commits(self._ask("log", *arguments, max_count=max(1, min(limit, _MOST_COMMITS)), format=_FORMAT))
        )

    def _ask(self, command: str, *arguments: str, **options: Any) -> str:
        """`merge_base`, all=True: `git merge-base --all`. No exception of GitPython's gets out of here."""
        try:
            return str(getattr(self._git, command)(*arguments, **options))
        except (git.GitError, git.ODBError, ValueError, OSError) as error:
            words = " ".join(str(error).split())
            raise BuildtoolError(GIT_FAILED, f"git {command}: {words[:_LONGEST]}") from error


def _commits(text: str) -> Iterator[Commit]:
    for record in text.split("\0\0")[1:]:
        sha, time, subject, _ = record.split("\0", 3)
        yield Commit(sha, int(time), subject.rstrip())
