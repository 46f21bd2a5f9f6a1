from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.image.makings import dump, load, with_making

MAKINGS = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=40).map(tuple)


@given(MAKINGS, st.tuples(st.text(), st.text()))
def test_the_newest_is_last_stands_once_and_the_oldest_go(known: Any, made: tuple[str, str]) -> None:
    found = with_making(known, made)
    assert (found[-1], found.count(made)) == (made, 1)
    assert len(found) <= 20
    assert set(found) <= {*known, made}
    assert load(json.loads(json.dumps(dump(found)))) == found
    assert with_making(None, made) == (made,)


@pytest.mark.parametrize("document", [None, 1, "ab", ["abc"], [["a"]], [["a", 1]], [{}], [[None, ""]]])
def test_what_has_another_form_is_refused(document: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        load(document)
