"""Makes the builder that `[builder]` describes where it is missing, once, whoever else does the same at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.build.builder_fit import missing_nodes, own_misfits

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.core.build.builder_spec import BuilderSpec
    from buildtool.usecases.builder.parts import Builders, BuilderUse


class Making:
    """`owner` is the repository (folder) that the builder is for; `say` is told what is made."""

    def __init__(self, builders: Builders, use: BuilderUse, owner: str, say: Callable[[str], None]) -> None:
        self._builders = builders
        self._use = use
        self._owner = owner
        self._say = say

    def made(self, spec: BuilderSpec) -> bool:
        """Make what is missing of the builder, and use it until the process ends; whether anything had to be made.

        A node that a run left out because it was killed is added. Raises builder-misfit where somebody has changed it,
        builder-unusable where buildx refuses.
        """
        self._use.hold(spec.name)
        if not self._missing(spec):
            self._remember(spec)
            return False
        with self._use.making(spec.name):
            missing = self._missing(spec)  # another run may have been first
            for number in missing:
                where = spec.nodes[number].endpoint or spec.driver
                self._say(f"builder {spec.name}: making node {spec.node_name(number)} at {where}")
                self._builders.create(spec, number)
            self._use.remember(spec.name, self._owner)
        return bool(missing)

    def _missing(self, spec: BuilderSpec) -> list[int]:
        stored = self._builders.stored(spec.name)
        if stored is not None:
            errors.raise_first(own_misfits(spec, stored))
        return missing_nodes(spec, stored)

    def _remember(self, spec: BuilderSpec) -> None:
        if self._owner not in self._use.owners(spec.name):
            with self._use.making(spec.name):
                self._use.remember(spec.name, self._owner)
