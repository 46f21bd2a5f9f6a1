"""zot, the OCI-native registry: single tags can be deleted, `last` must exist, referrers are there."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from tests.support.registries.distribution import Served
from tests.support.registries.process import free_port, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def zot(program: str, folder: Path) -> Iterator[Served]:
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "distSpecVersion": "1.1.1",
        "storage": {"rootDirectory": str(folder / "data")},
        "http": {"address": "127.0.0.1", "port": str(port), "compat": ["docker2s2"]},
        "log": {"level": "error"},
    }
    file = folder / "config.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    served = Served(f"127.0.0.1:{port}")
    with serving([program, "serve", str(file)], f"{served.url}/v2/", folder / "log"):
        yield served
