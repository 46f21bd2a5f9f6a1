from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text.placeholders import filled

VALUES = {"HOST:PORT": "h:5", "HOST": "h", "http://HOST:PORT": "https://h:5", "NAME": "builder-1", "PROJECT": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docker login HOST:PORT", "docker login h:5"),
        ("docker login HOST", "docker login h"),
        ("curl -i http://HOST:PORT/v2/", "curl -i https://h:5/v2/"),
        ('"HOST:PORT/PROJECT"', '"h:5/PROJECT"'),
        ("--bootstrap NAME says", "--bootstrap builder-1 says"),
        ("/certs.d/HOST:PORT/ca.crt", "/certs.d/h:5/ca.crt"),
        ("DOCKER_HOST and HOSTNAME and MY-HOST", "DOCKER_HOST and HOSTNAME and MY-HOST"),
        ("HOST:PORTS", "HOST:PORTS"),
        ("", ""),
    ],
)
def test_whole_words_are_replaced(text: str, expected: str) -> None:
    assert filled(text, VALUES) == expected


def test_a_value_is_not_filled_again() -> None:
    assert filled("A B", {"A": "B", "B": r"\1"}) == r"B \1"


@given(st.text())
def test_nothing_known_changes_nothing(text: str) -> None:
    assert filled(text, {}) == filled(text, {"HOST": ""}) == text
