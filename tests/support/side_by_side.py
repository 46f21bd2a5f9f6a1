"""Tests side by side (pytest-xdist, `--dist loadfile`): a file with its servers stays with one worker.

By file, not by groups of our own: with pytest 9.2, xdist 3.8 leaves the marks of `--dist loadgroup` unread, and says
nothing.
"""

from __future__ import annotations

import pytest

_LONGEST = "tests/e2e/test_push_faults.py"  # it mostly waits, so the others run beside it
_BUILD_SECONDS = 1500  # the longest a test waits for `make extras`, which `.ci/run` runs beside the tests


def arrange(items: list[pytest.Item]) -> None:
    """Sort: what takes long begins (the engine's tests), what waits for Go programs ends. The same in every worker."""
    for item in items:
        if item.get_closest_marker("go") is not None:
            item.add_marker(pytest.mark.timeout(_BUILD_SECONDS))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("go") is not None:
        return 3
    if item.nodeid.startswith(_LONGEST):
        return 0
    return 1 if item.get_closest_marker("engine") is not None else 2
