from __future__ import annotations

import pytest

from buildtool.core.build.builder import BuilderFacts, EngineLimits


@pytest.mark.parametrize(
    ("driver", "by_digest"),
    [("docker", False), ("docker-container", True), ("remote", True), ("kubernetes", True), ("surprise", False)],
)
def test_which_drivers_push_by_digest(driver: str, by_digest: bool) -> None:  # noqa: FBT001
    assert BuilderFacts("b", driver, (0, 13, 0), frozenset()).pushes_by_digest is by_digest


@pytest.mark.parametrize("asked", [True, False, None])
def test_what_is_not_known_is_not_said_to_fail(*, asked: bool | None) -> None:
    """What was not asked needs no asking, and one registry says nothing about another."""
    limits = EngineLimits({"a.example:5000": asked})
    assert limits.reaches("a.example:5000") is asked
    assert limits.reaches("b.example:5000") is True
