"""Free disk space for layers and for temporary files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.facts import Fact, State
from buildtool.usecases.doctor.engine.interfaces import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.usecases.doctor.engine.shared_values import SharedValues

DISK = "disk"
GIGABYTE = 10**9
LITTLE, TOO_LITTLE = 5 * GIGABYTE, GIGABYTE  # an image with its build cache takes about one


def checks(shared: SharedValues) -> list[Check]:
    return [
        Check(DISK, "temporary files", lambda: _temporary(shared)),
        Check(DISK, "images", lambda: _images(shared)),
    ]


def _temporary(shared: SharedValues) -> Iterator[Fact]:
    folder = shared.ports.machine.temporary
    if folder is None:
        words = "no folder for temporary files can be written to"
        yield Fact(DISK, "temporary files", State.FAILED, words, "set TMPDIR to one that can, or free space")
        return
    yield _room(shared, "temporary files", folder, f"delete what is old in {folder}, or set TMPDIR")


def _images(shared: SharedValues) -> Iterator[Fact]:
    engine = shared.engine.need()
    endpoint = shared.ports.endpoint() or ""
    if not endpoint.startswith(("unix:", "npipe:")):
        yield Fact(DISK, "images", State.SKIPPED, f"the engine's disk is at {endpoint}")
        return
    yield _room(shared, "images", engine.root_folder, "docker buildx prune --force && docker image prune --force")


def _room(shared: SharedValues, name: str, folder: str, fix: str) -> Fact:
    free = shared.ports.machine.free_bytes(folder)
    if free is None:
        return Fact(DISK, name, State.SKIPPED, f"{folder} is not on this machine's own disk")
    evidence = f"{free / GIGABYTE:.1f} GB free at {folder}"
    if free >= LITTLE:
        return Fact(DISK, name, State.OK, evidence)
    return Fact(DISK, name, State.FAILED if free < TOO_LITTLE else State.WARNING, evidence, fix)
