"""What the user asked `push` for, and the commit it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.commit.versions import Release


@dataclass(frozen=True, slots=True)
class PushOptions:
    """The flags of `buildtool push`; `deploy` is False with --no-deploy, `release` asks for a release of HEAD."""

    images: Sequence[str] = ()
    branch: str | None = None
    allow_dirty: bool = False
    allow_older: bool = False
    allow_rolled_back: bool = False
    allow_outside: bool = False
    create_project: bool = False
    deploy: bool = True
    force: bool = False
    dry_run: bool = False
    release: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The commit that is built: `revision` is the full commit, `time` its commit time in unix seconds.

    `branch_source` says where the branch came from, `url` is the repository's address for labels ("" where unknown).
    A `release` has no branch. `request` is the number of the pull or merge request, "" where there is none.
    """

    branch: str
    branch_source: str
    revision: str
    time: int
    dirty: bool
    url: str
    release: Release | None = None
    request: str = ""

    @property
    def what(self) -> str:
        """`main`, or `release v1.2.3`."""
        return f"release {shown(self.release.tag)}" if self.release is not None else self.branch
