"""`builder show` and `up`: what the builder is, and whether it fits the configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildtool.core.build import prerequisites
from buildtool.core.build.builder import BuilderFacts
from buildtool.core.build.builder_fit import chosen_misfits, missing_nodes, own_misfits
from buildtool.core.build.placement import how_runs
from buildtool.errors import BUILDER_MISFIT
from buildtool.errors.findings import Severity
from buildtool.usecases.builder.down import old_builders
from buildtool.usecases.push.readiness import asked_of_builder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.config import Config
    from buildtool.core.build.builder import Version
    from buildtool.core.build.builder_view import BuilderView, NodeView
    from buildtool.errors.findings import Finding
    from buildtool.usecases.builder.making import Making
    from buildtool.usecases.builder.parts import Builders, BuilderUse
    from buildtool.usecases.builder.which import Choice

SCHEMA = "buildtool.builder/v1"
MESSAGES = ("differences",)
_VERSION: Version = (0, 0, 0)  # it is not asked for here


@dataclass(frozen=True, slots=True)
class ShownBuilder:
    """The builder of a configuration, None where it is not there; `old` are earlier ones of this repository."""

    choice: Choice
    view: BuilderView | None
    differences: Sequence[Finding]
    old: Sequence[str] = ()

    @property
    def fits(self) -> bool:
        return self.view is not None and not self.differences

    @property
    def name(self) -> str:
        return self.view.name if self.view is not None else str(self.choice.name)

    @property
    def status(self) -> str:
        """`missing`, `running` where all nodes run, `partly running`, else what buildx says of them."""
        if self.view is None:
            return "missing"
        states = {node.status or "unknown" for node in self.view.nodes}
        if "running" in states and len(states) > 1:
            return "partly running"
        return ", ".join(sorted(states)) or "unknown"

    def document(self) -> dict[str, Any]:
        """The JSON of `builder show --json` and `builder up --json`."""
        view = self.view
        return {
            "schema": SCHEMA,
            "name": self.name,
            "driver": view.driver if view is not None else self.choice.driver,
            "chosen_by": self.choice.source,
            "made_by_buildtool": self.choice.ours,
            "status": self.status,
            "fits": self.fits,
            "differences": [{"message": one.sentence, "fix": one.fix} for one in self.differences],
            "nodes": [_node(node) for node in view.nodes] if view is not None else [],
            "old": list(self.old),
        }


def _node(node: NodeView) -> dict[str, Any]:
    return {
        "name": node.name,
        "endpoint": node.endpoint,
        "status": node.status or "unknown",
        "buildkit": node.buildkit or None,
        "error": node.error or None,
        "platforms": [
            {"platform": str(platform), "runs": how.value if (how := how_runs(node, platform)) is not None else None}
            for platform in node.listed
        ],
    }


class Looking:
    """Shows the builder of a configuration. `owner` is the repository (folder)."""

    def __init__(self, config: Config, choice: Choice, builders: Builders, use: BuilderUse, owner: str) -> None:
        self._config = config
        self._choice = choice
        self._builders = builders
        self._use = use
        self._owner = owner

    def show(self) -> ShownBuilder:
        """Look, and start nothing. Raises builder-unusable where a builder that was named is not there."""
        old = old_builders(self._choice, self._builders, self._use, self._owner)
        if self._choice.ours and self._builders.stored(str(self._choice.name)) is None:
            return ShownBuilder(self._choice, None, [_missing(self._choice)], old)
        view = self._builders.view(self._choice.name)
        return ShownBuilder(self._choice, view, list(self._differences(view)), old)

    def up(self, making: Making) -> ShownBuilder:
        """Make the builder where it is missing, start it, and show it."""
        if self._choice.ours and self._choice.spec is not None:
            making.made(self._choice.spec)
        self._builders.boot(self._choice.name)
        return self.show()

    def _differences(self, view: BuilderView) -> Iterator[Finding]:
        choice = self._choice
        if choice.ours and choice.spec is not None:
            stored = self._builders.stored(choice.spec.name)
            if stored is not None:
                yield from own_misfits(choice.spec, stored)
                if missing_nodes(choice.spec, stored):
                    yield _half(choice)
        else:
            yield from chosen_misfits(view, choice.driver, choice.spec)
        if view.running:
            facts = BuilderFacts.of(view, _VERSION)
            yield from prerequisites.platforms(
                facts, asked_of_builder(self._config, list(self._config.images.values()))
            )
        for node in view.nodes:
            if not node.running:
                message = f"node {node.name} at {node.endpoint} does not run: {node.error or node.status or 'unknown'}"
                fix = f"buildtool builder up; docker buildx inspect --bootstrap {view.name} says why it does not start"
                yield BUILDER_MISFIT.at(None, message, fix=fix, severity=Severity.WARNING)


def _missing(choice: Choice) -> Finding:
    message = f"builder {choice.name}, which [builder] describes, is not there yet"
    return BUILDER_MISFIT.at(None, message, fix="buildtool builder up, or push and build, which make it")


def _half(choice: Choice) -> Finding:
    return BUILDER_MISFIT.at(None, f"nodes of builder {choice.name} are missing", fix="buildtool builder up")
