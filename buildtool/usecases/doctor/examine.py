"""The list of all checks, and one run of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.facts import all_well
from buildtool.usecases.doctor.checks import (
    builder,
    configuration,
    disk,
    docker,
    git,
    k3s,
    policies,
    python,
    registry,
    registry_access,
    runner,
)
from buildtool.usecases.doctor.engine.parallel import side_by_side
from buildtool.usecases.doctor.engine.shared_values import SharedValues

if TYPE_CHECKING:
    from buildtool.core.facts import Fact
    from buildtool.usecases.doctor.checks.configuration import Setting
    from buildtool.usecases.doctor.engine.interfaces import DoctorPorts

SCHEMA = "buildtool.doctor/v1"
_FAMILIES = (git, configuration, docker, builder, registry_access, registry, policies, runner, disk, k3s)


@dataclass(frozen=True, slots=True)
class Examination:
    """The facts in a fixed order, and the settings that differ from the defaults (none without a configuration)."""

    facts: tuple[Fact, ...]
    settings: tuple[Setting, ...]

    @property
    def ok(self) -> bool:
        return all_well(self.facts)


def examine(ports: DoctorPorts) -> Examination:
    """Run all checks at the same time, whatever fails; takes as long as the slowest one, at most its time limit."""
    shared = SharedValues(ports)
    found = side_by_side([*python.checks(), *(check for family in _FAMILIES for check in family.checks(shared))])
    config = shared.config.maybe()
    return Examination(tuple(found), tuple(configuration.settings(config)) if config is not None else ())
