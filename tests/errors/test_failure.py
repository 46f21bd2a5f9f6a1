from __future__ import annotations

from buildtool.errors import DIRTY_TREE, BuildtoolError


def test_a_failure_has_the_fix_of_its_kind_unless_it_knows_a_better_one() -> None:
    assert BuildtoolError(DIRTY_TREE, "uncommitted: a").fix == DIRTY_TREE.fix
    assert BuildtoolError(DIRTY_TREE, "uncommitted: a", fix="git add a").fix == "git add a"
    assert BuildtoolError(DIRTY_TREE, "uncommitted: a", fix="").fix == DIRTY_TREE.fix


def test_a_failure_is_shown_as_its_message() -> None:
    error = BuildtoolError(DIRTY_TREE, "uncommitted: a", place="a:1")
    assert (str(error), error.message, error.place, error.kind) == (
        "uncommitted: a",
        "uncommitted: a",
        "a:1",
        DIRTY_TREE,
    )
