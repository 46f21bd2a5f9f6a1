from __future__ import annotations

import pytest

from buildtool.core.flux.policy.exclusion import not_excluded
from buildtool.core.flux.policy.failure import PolicyFailure

TAGS = ["a", "sha256-1.sig", "sha256-1.att", "b.sig.x"]


def test_the_default_leaves_out_signatures_only() -> None:
    assert not_excluded(TAGS) == ["a", "sha256-1.att", "b.sig.x"]


def test_a_list_replaces_the_default_and_is_searched_anywhere() -> None:
    assert not_excluded(TAGS, [r"^sha256-", "x$"]) == ["a"]
    assert not_excluded(TAGS, []) == TAGS


def test_a_pattern_that_go_refuses() -> None:
    with pytest.raises(PolicyFailure):
        not_excluded(TAGS, ["(?!a)"])
