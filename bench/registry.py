"""A registry of the bench's own, on a free port of this computer."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import registry

if TYPE_CHECKING:
    from collections.abc import Iterator


def missing() -> str:
    """What cannot be had here, "" where all is there."""
    if shutil.which("docker") is None:
        return "no docker here"
    return "" if registry.find_program() else "no registry program here: make test fetches one"


@contextmanager
def running() -> Iterator[str]:
    """Its address, host:port; it ends with the block, and what it stores goes."""
    with tempfile.TemporaryDirectory() as folder:
        server = registry.create(f"bench-registry-{os.getpid()}", Path(folder))
        server.start()
        try:
            yield server.address
        finally:
            server.stop()
