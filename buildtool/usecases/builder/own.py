"""The Builder of push and build with its builder made first, or with the differences of the one that was named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.build.builder_fit import chosen_misfits
from buildtool.core.build.builder_spec import is_ours
from buildtool.core.build.builder_view import BuilderView
from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.build.builder_spec import BuilderSpec
    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent
    from buildtool.usecases.builder.making import Making
    from buildtool.usecases.builder.parts import Builders, BuilderUse
    from buildtool.usecases.builder.which import Choice
    from buildtool.usecases.ports import Builder


class OwnBuilder:
    """A builder that buildtool makes; `inner` is buildx with its name."""

    def __init__(self, inner: Builder, spec: BuilderSpec, making: Making, builders: Builders) -> None:
        self._inner = inner
        self._spec = spec
        self._making = making
        self._builders = builders

    def facts(self) -> BuilderFacts:
        """Makes the builder where it is missing, and starts it; raises builder-unusable with the node that fails."""
        if self._making.made(self._spec):
            self._builders.boot(self._spec.name)  # which may have to pull BuildKit first
        try:
            return self._inner.facts()
        except BuildtoolError as error:
            if error.kind is BUILDER_UNUSABLE:
                raise _explained(error, self._builders, self._spec) from error
            raise

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        return self._inner.bake(definition, on_event)


class ChosenBuilder:
    """A builder that is there already: it is used as it is, with a warning for each difference from buildtool.toml."""

    def __init__(self, inner: Builder, choice: Choice, builders: Builders, use: BuilderUse) -> None:
        self._inner = inner
        self._choice = choice
        self._builders = builders
        self._use = use

    def facts(self) -> BuilderFacts:
        found = self._inner.facts()
        if is_ours(found.name):
            self._use.hold(found.name)
        if self._choice.driver is None and self._choice.spec is None:
            return found
        stored = self._builders.stored(found.name)
        config = stored.daemon_config if stored is not None else None
        view = BuilderView(found.name, found.driver, tuple(found.nodes), daemon_config=config)
        misfits = chosen_misfits(view, self._choice.driver, self._choice.spec)
        return replace(found, warnings=[*found.warnings, *(finding.warning for finding in misfits)])

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        return self._inner.bake(definition, on_event)


def _explained(error: BuildtoolError, builders: Builders, spec: BuilderSpec) -> BuildtoolError:
    """The failure with the nodes that do not run, by their endpoints."""
    try:
        view = builders.view(spec.name)
    except BuildtoolError:
        return error
    down = [node for node in view.nodes if not node.running]
    if not down:
        return error
    words = "; ".join(f"node {node.name} at {node.endpoint}: {node.error or node.status}" for node in down)
    fix = f"start buildkitd (or the engine) at {down[0].endpoint}, or take the node out of buildtool.toml"
    return BuildtoolError(BUILDER_UNUSABLE, f"builder {spec.name} does not start: {words}", fix=fix)
