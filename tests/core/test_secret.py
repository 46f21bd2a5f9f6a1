from __future__ import annotations

import pytest

from buildtool.core.secret import Secrets


def secrets(*values: str) -> Secrets:
    made = Secrets()
    for value in values:
        made.add(value)
    return made


def test_a_secret_is_masked_wherever_it_stands() -> None:
    assert secrets("hunter22").clean("user:hunter22@host, again hunter22.") == "user:***@host, again ***."


def test_each_line_of_a_secret_is_one() -> None:
    """Logs are written line by line; a key of many lines would never be seen whole."""
    known = secrets("-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----\n")
    assert known.clean("log: abcdefgh") == "log: ***"


def test_the_longest_goes_first() -> None:
    assert secrets("abcd", "abcdefgh").clean("abcdefgh abcd") == "*** ***"


def test_what_is_too_short_to_be_one_masks_nothing() -> None:
    assert secrets("", "a", "abc").clean("a plain abc") == "a plain abc"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("https://user:pa55word@host/path", "https://***@host/path"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic ***"),
        ("authorization: bearer eyJhbGciOi.J9", "authorization: bearer ***"),
        ("sent Bearer eyJhbGciOiJSUzI1NiJ9.x", "sent Bearer ***"),
        ("basic checks and bearer of news", "basic checks and bearer of news"),
        ("https://host:5000/v2/@x", "https://host:5000/v2/@x"),
    ],
)
def test_what_looks_like_credentials(text: str, cleaned: str) -> None:
    assert Secrets().clean(text) == cleaned
