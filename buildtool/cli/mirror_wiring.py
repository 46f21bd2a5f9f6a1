"""Makes the step that copies images to their mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.adapters.registry.registries import Harbors
from buildtool.usecases.push.harbor import PushedToHarbor
from buildtool.usecases.push.mirroring import Mirroring

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.push.recorder import Told


def mirroring(wiring: Wiring, told: Told) -> Mirroring:
    """`told` is given what is copied."""
    scans = PushedToHarbor(Harbors(wiring.registry, wiring.clock), wiring.config.push.scan_wait, told)
    return Mirroring(wiring.config, wiring.registry, wiring.registry, scans, told)
