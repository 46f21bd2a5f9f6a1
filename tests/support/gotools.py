"""Released Go commands for tests; `make test` builds them beforehand where there is a Go toolchain."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from realparts import gotools

if TYPE_CHECKING:
    from pathlib import Path

_provide = functools.cache(gotools.provide)


def go_tool(name: str) -> Path:
    """The program; the test is skipped where no Go toolchain or module proxy can provide it."""
    found = _provide(name)
    if isinstance(found, str):
        pytest.skip(found)
    return found
