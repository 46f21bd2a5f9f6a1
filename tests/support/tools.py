"""Programs that come with the development requirements, or with the system."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.support.need import need


def tool(name: str, *, install: str = "make venv") -> str:
    """The program's path: beside this interpreter first, since a virtual environment need not be active."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    need(found, f"no {name}: {install}")
    assert found
    return found
