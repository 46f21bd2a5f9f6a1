from __future__ import annotations

import pytest

from buildtool.core.build.builder import BuilderFacts, pushes_over_http


@pytest.mark.parametrize(
    ("driver", "by_digest"),
    [("docker", False), ("docker-container", True), ("remote", True), ("kubernetes", True), ("surprise", False)],
)
def test_which_drivers_push_by_digest(driver: str, by_digest: bool) -> None:  # noqa: FBT001
    assert BuilderFacts("b", driver, (0, 13, 0), frozenset()).pushes_by_digest is by_digest


@pytest.mark.parametrize(
    ("reaches", "store", "pushes"),
    [(True, False, True), (False, False, False), (None, False, None), (False, True, True), (None, True, True)],
)
def test_what_is_not_known_is_not_said_to_fail(reaches: bool | None, store: bool, pushes: bool | None) -> None:  # noqa: FBT001
    assert pushes_over_http(engine_reaches=reaches, containerd_store=store) is pushes
