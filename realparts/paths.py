"""Where things are: `.parts/` for what runs now, the user's cache for what took a download."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / ".parts"
VENV = ROOT / ".venv"

# A Unix socket's path holds 107 characters, too few for one below a deep checkout: the engine's sockets get a short
# folder of their own, one for each checkout.
RUN = Path("/run") / f"buildtool-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"

# On every container of ours, and of this checkout only: cleaning leaves others' alone.
LABEL = f"buildtool.part={RUN.name}"

_CACHES = os.environ.get("XDG_CACHE_HOME")
# Downloads that outlive `make clean`.
CACHE = (Path(_CACHES) if _CACHES else Path.home() / ".cache") / "buildtool-realparts"
