"""Free disk space for layers and for temporary files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.usecases.doctor.engine.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.examined import Examined

DISK = "disk"
GIGABYTE = 10**9
LITTLE, TOO_LITTLE = 5 * GIGABYTE, GIGABYTE  # an image with its build cache takes about one


def checks(examined: Examined) -> list[Check]:
    return [
        Check(DISK, "temporary files", lambda: _temporary(examined)),
        Check(DISK, "images", lambda: _images(examined)),
    ]


def _temporary(examined: Examined) -> Iterator[Fact]:
    folder = examined.ports.machine.temporary
    yield _room(examined, "temporary files", folder, f"delete what is old in {folder}, or set TMPDIR")


def _images(examined: Examined) -> Iterator[Fact]:
    engine = examined.engine.need()
    endpoint = examined.ports.endpoint() or ""
    if not endpoint.startswith(("unix:", "npipe:")):
        yield Fact(DISK, "images", State.SKIPPED, f"the engine's disk is at {endpoint}")
        return
    yield _room(examined, "images", engine.root_folder, "docker buildx prune --force && docker image prune --force")


def _room(examined: Examined, name: str, folder: str, fix: str) -> Fact:
    free = examined.ports.machine.free_bytes(folder)
    if free is None:
        return Fact(DISK, name, State.SKIPPED, f"{folder} is not on this machine's own disk")
    evidence = f"{free / GIGABYTE:.1f} GB free at {folder}"
    if free >= LITTLE:
        return Fact(DISK, name, State.OK, evidence)
    return Fact(DISK, name, State.FAILED if free < TOO_LITTLE else State.WARNING, evidence, fix)
