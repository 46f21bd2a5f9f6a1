"""`builder down`: removes the builder of a configuration, and earlier ones of the repository, that nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildtool.core.build.builder_spec import is_ours
from buildtool.errors import BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.usecases.builder.parts import Builders, BuilderUse
    from buildtool.usecases.builder.which import Choice

SCHEMA = "buildtool.builder-down/v1"
MESSAGES = ("builders",)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one builder; `why` says why it was left, "" where it was removed. `fix` is what to type next."""

    name: str
    removed: bool
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Down:
    """`note` says in words why there was nothing to remove, or what is not buildtool's to remove."""

    builders: Sequence[Taken]
    note: str = ""

    @property
    def complete(self) -> bool:
        return all(one.removed for one in self.builders)

    def document(self) -> dict[str, Any]:
        """The JSON of `builder down --json`."""
        return {
            "schema": SCHEMA,
            "builders": [
                {"name": one.name, "removed": one.removed, "why": one.why or None, "fix": one.fix or None}
                for one in self.builders
            ],
            "note": self.note or None,
        }


def old_builders(choice: Choice, builders: Builders, use: BuilderUse, owner: str) -> list[str]:
    """Builders that buildtool made for this repository alone, under earlier settings."""
    current = choice.name
    names = [name for name in builders.names() if is_ours(name) and name != current]
    return sorted(name for name in names if use.owners(name) == {owner})


def down(choice: Choice, builders: Builders, use: BuilderUse, owner: str) -> Down:
    """Remove them one by one; one that is used, or of which that is not known, stays."""
    names = old_builders(choice, builders, use, owner)
    note = ""
    if choice.ours:
        current = str(choice.name)
        names = [current, *names] if current in builders.names() else names
        note = "" if names else "there is no builder to remove"
    else:
        named = choice.name or "the builder docker has selected"
        note = f"{named} ({choice.source}) was not made for this configuration: it stays (docker buildx rm removes one)"
    return Down([_remove(name, builders, use) for name in names], note)


def _remove(name: str, builders: Builders, use: BuilderUse) -> Taken:
    again = "wait until it has ended, then: buildtool builder down"
    with use.alone(name) as alone:
        if alone is None:
            why = "whether a push or build uses it cannot be known, for its lock cannot be made"
            return Taken(name, removed=False, why=why, fix=f"docker buildx rm {name}")
        if not alone:
            return Taken(name, removed=False, why="a push or build of this user is using it", fix=again)
        try:
            activity = builders.activity(name)
            if activity.busy:
                return Taken(name, removed=False, why=f"it is building: {activity.words}", fix=again)
            if activity.busy is None:
                why = f"whether somebody builds on it cannot be known: {activity.words}"
                return Taken(
                    name, removed=False, why=why, fix=f"docker buildx rm {name}, when you know that nobody does"
                )
            builders.remove(name)
        except BuildtoolError as error:
            return Taken(name, removed=False, why=error.message, fix=error.fix)
        use.forget(name)
    return Taken(name, removed=True)
