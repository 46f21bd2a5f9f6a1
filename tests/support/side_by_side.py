"""Tests side by side (pytest-xdist): what shares a server stays together, and what takes long begins first."""

from __future__ import annotations

import pytest

# Parameters whose fixtures are whole servers, or whose tests are long: a group each. Elsewhere a file is a group.
_SPLIT = ("subject", "fault")
_BUILD_SECONDS = 1500  # the longest a test waits for `make extras`, which `.ci/run` runs beside the tests


def arrange(items: list[pytest.Item]) -> None:
    """Mark each test with its group (`--dist loadgroup`), and sort: the engine's, most others, the Go programs'."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
        if item.get_closest_marker("go") is not None:
            item.add_marker(pytest.mark.timeout(_BUILD_SECONDS))
    items.sort(key=_turn)


def group(item: pytest.Item) -> str:
    """The file, with the name of its server or fault where it has one. The same in every worker."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    parts = [str(getattr(parameters[name], "name", parameters[name])) for name in _SPLIT if name in parameters]
    return ":".join([item.nodeid.partition("::")[0], *parts])


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("go") is not None:
        return 2
    return 0 if item.get_closest_marker("engine") is not None else 1
