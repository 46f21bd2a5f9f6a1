"""What `init` is told, and what the configuration that is there says already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.init.found import Image


@dataclass(frozen=True, slots=True)
class Answers:
    """`registry` is host[/project], `branch` the deploy branch, `platforms` replace what was found where any are given.

    `name` is that of the repository, for an image without a name of its own and for the automation; `author` the one
    of Flux's commits; `commit` the one of the GitHub action and the hooks, "" where it is not known. `flux`, `workflow`
    and `hooks` say whether these are written. `cluster` is the path that the cluster of the new Flux objects begins at,
    "" where nobody named one.
    """

    registry: str
    insecure: bool
    branch: str
    name: str
    author: tuple[str, str]
    platforms: Sequence[str] = ()
    commit: str = ""
    flux: bool = True
    workflow: bool = True
    hooks: bool = True
    cluster: str = ""

    @property
    def host(self) -> str:
        return self.registry.partition("/")[0]

    @property
    def branches(self) -> tuple[str, ...]:
        """The deploy branches: both usual names where it is one of them, as `[tag]` has it by default."""
        usual = ("main", "master")
        return usual if self.branch in usual else (self.branch,)


class Existing(NamedTuple):
    """The buildtool.toml that is there: its text, and its images."""

    text: str
    images: tuple[Image, ...]
