"""Protocols of what builders are made, looked at and removed with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from buildtool.core.build.activity import Activity
    from buildtool.core.build.builder_spec import BuilderSpec
    from buildtool.core.build.builder_store import StoredBuilder
    from buildtool.core.build.builder_view import BuilderView
    from buildtool.core.build.placement import How


class Builders(Protocol):
    """docker buildx, as far as it makes and removes builders. Every method may raise builder-unusable and docker-*."""

    def names(self) -> list[str]:
        """All builders that this user has made."""
        ...

    def stored(self, name: str) -> StoredBuilder | None:
        """Buildx's record of a builder; None where it has none."""
        ...

    def create(self, spec: BuilderSpec, number: int) -> None:
        """Make one node of a builder, and the builder where it is not there yet."""
        ...

    def boot(self, name: str | None) -> BuilderView:
        """Start what is not running, and look; None: the selected builder."""
        ...

    def view(self, name: str | None) -> BuilderView:
        """Look without starting anything."""
        ...

    def activity(self, name: str) -> Activity: ...
    def remove(self, name: str) -> None: ...


class BuilderUse(Protocol):
    """Who uses a builder, as runs of this user on this machine tell each other."""

    def hold(self, name: str) -> None:
        """Use it until this process ends; waits while another run removes it."""
        ...

    def alone(self, name: str) -> AbstractContextManager[bool | None]:
        """Whether no run uses it, and none begins to during the block; None where that cannot be known."""
        ...

    def making(self, name: str) -> AbstractContextManager[None]:
        """Be the only one that makes it; waits for another run that does."""
        ...

    def owners(self, name: str) -> frozenset[str]:
        """The repositories (folders) whose configuration it was made for; empty where that is not known."""
        ...

    def remember(self, name: str, owner: str) -> None: ...
    def forget(self, name: str) -> None: ...


class BuildTimes(Protocol):
    """How long the steps of images took, by image (`host/path`), platform and how it ran, in seconds."""

    def read(self) -> Mapping[tuple[str, str, How], float]: ...
    def note(self, times: Mapping[tuple[str, str, How], float]) -> None:
        """Remember these in place of older ones; what cannot be written is not remembered."""
        ...
