"""buildx's builders in memory, and who uses them: what `buildtool builder` makes, shows and removes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildtool.core.build.activity import Activity
from buildtool.core.build.builder_store import StoredBuilder
from buildtool.core.build.builder_view import BuilderView, NodeView
from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from buildtool.core.build.builder_spec import BuilderSpec
    from buildtool.core.image.names import Platform

IDLE = Activity(busy=False, words="0 records of its cache in use")


@dataclass
class MemoryBuilders:
    """`platforms` are what BuildKit says at an endpoint, its own first; `down` are endpoints that do not answer.

    `refuses` is raised by the next `create`; `activities` are by name; `log` is everything that was done.
    """

    records: dict[str, StoredBuilder] = field(default_factory=dict)
    platforms: Mapping[str, tuple[Platform, ...]] = field(default_factory=dict)
    down: frozenset[str] = frozenset()
    refuses: BuildtoolError | None = None
    activities: dict[str, Activity] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        return sorted(self.records)

    def stored(self, name: str) -> StoredBuilder | None:
        return self.records.get(name)

    def create(self, spec: BuilderSpec, number: int) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.log.append(f"create {spec.node_name(number)}")
        there = self.records.get(spec.name)
        nodes = {**(there.nodes if there else {}), spec.node_name(number): spec.nodes[number]}
        self.records[spec.name] = StoredBuilder(spec.driver, nodes, spec.daemon_config)

    def boot(self, name: str | None) -> BuilderView:
        self.log.append(f"boot {name}")
        return self.view(name)

    def view(self, name: str | None) -> BuilderView:
        stored = self.records.get(str(name))
        if stored is None:
            raise BuildtoolError(BUILDER_UNUSABLE, f'no builder "{name}" found')
        nodes = []
        for node, spec in stored.nodes.items():
            own = self.platforms.get(spec.endpoint, ())
            status = "inactive" if spec.endpoint in self.down else "running"
            listed = tuple(dict.fromkeys((*spec.platforms, *own)))
            nodes.append(
                NodeView(
                    node, spec.endpoint, status, "", frozenset(listed), listed=listed, fixed=frozenset(spec.platforms)
                )
            )
        return BuilderView(str(name), stored.driver, tuple(nodes), daemon_config=stored.daemon_config)

    def activity(self, name: str) -> Activity:
        return self.activities.get(name, IDLE)

    def remove(self, name: str) -> None:
        self.log.append(f"remove {name}")
        del self.records[name]


@dataclass
class MemoryUse:
    """`used` are held by other runs; `no_locks`: a folder that takes none."""

    used: frozenset[str] = frozenset()
    no_locks: bool = False
    held: list[str] = field(default_factory=list)
    owned: dict[str, frozenset[str]] = field(default_factory=dict)

    def hold(self, name: str) -> None:
        self.held.append(name)

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[bool | None]:
        yield None if self.no_locks else name not in self.used

    @contextlib.contextmanager
    def making(self, name: str) -> Iterator[None]:
        self.held.append(f"making {name}")
        yield

    def owners(self, name: str) -> frozenset[str]:
        return self.owned.get(name, frozenset())

    def remember(self, name: str, owner: str) -> None:
        self.owned[name] = self.owners(name) | {owner}

    def forget(self, name: str) -> None:
        self.owned.pop(name, None)
