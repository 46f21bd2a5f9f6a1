"""What plain values mean to Flux's parser, and to Kubernetes' older one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.setters.scalar_types import (
    BOOL,
    FLOAT,
    INT,
    NULL,
    STR,
    TIMESTAMP,
    implicit_tag,
    is_not_a_string_in_1_1,
    long_tag,
    short_tag,
)

TAGS = {
    "!!null": ["", "~", "null", "Null", "NULL"],
    "!!bool": ["true", "True", "FALSE"],
    "!!int": [
        "0",
        "1",
        "-1",
        "+1",
        "1_000",
        "0x1F",
        "0o7",
        "0777",
        "0b11",
        "-0b11",
        "18446744073709551615",
        "-9223372036854775808",
        "+9223372036854775807",
        "0xFFFFFFFFFFFFFFFF",
    ],
    "!!float": [
        "1.0",
        "1.",
        ".5",
        "1e3",
        "08",
        "-.inf",
        ".NaN",
        "+.Inf",
        "1.5e-3",
        "18446744073709551616",
        "1_0.5",
        "1e308",
    ],
    "!!timestamp": [
        "2024-01-01",
        "2024-1-2",
        "2024-01-01T10:00:00Z",
        "2024-01-01 10:00:00.5",
        "2024-01-01t1:2:3.5+01:00",
    ],
    "!!str": [
        "x",
        "y",
        "yes",
        "on",
        "NaN",
        "inf",
        "0x",
        "1.2.3",
        "1-rc",
        "_1",
        "1e400",
        "2024-13-01",
        "0o8",
        "é",
        "<",
        "-",
        ".",
        "tRUE",
        "1:30",
        "192.168.0.40:5000",
        "0b2",
        "e1",
        ".inf1",
        "2024-02-30",
        "-.nan",
        "\u0661",
        " 1",
        "1 ",
    ],
}


@pytest.mark.parametrize(("value", "tag"), [(value, tag) for tag, values in TAGS.items() for value in values])
def test_the_tag_of_a_plain_value(value: str, tag: str) -> None:
    assert implicit_tag(value) == tag


@pytest.mark.parametrize(
    "value", ["1.10", "1700000000", "true", "yes", "no", "on", "y", "N", "null", "~", "-", "0o7", ".5"]
)
def test_values_that_must_be_quoted(value: str) -> None:
    assert is_not_a_string_in_1_1(value)


@pytest.mark.parametrize("value", ["", "v1", "1.2.3", "main-abc1234-1700000000", "2024-01-01", "NaN", "r.io/a:1", "_1"])
def test_values_that_stay_plain(value: str) -> None:
    assert not is_not_a_string_in_1_1(value)


@given(st.integers(-(2**63), 2**64 - 1))
def test_every_integer_of_64_bits(number: int) -> None:
    assert implicit_tag(str(number)) == INT
    assert implicit_tag(f"'{number}'") == STR
    assert is_not_a_string_in_1_1(str(number))


@given(st.integers(2**64, 2**80))
def test_a_greater_one_is_a_float(number: int) -> None:
    assert implicit_tag(str(number)) == FLOAT


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number(number: float) -> None:
    assert implicit_tag(repr(number)) in {FLOAT, INT}


@given(st.from_regex(r"\A(?:main|dev)-[0-9a-f]{7}-[0-9]{10}\Z"))
def test_our_tags_are_texts_everywhere(tag: str) -> None:
    assert implicit_tag(tag) == STR
    assert not is_not_a_string_in_1_1(tag)


@given(st.text(alphabet="0123456789.eE+-_xobTZ:~truefalsnINF ", max_size=14))
def test_any_text(text: str) -> None:
    assert implicit_tag(text) in {STR, NULL, BOOL, INT, FLOAT, TIMESTAMP}


@pytest.mark.parametrize(
    ("short", "long"), [("!!int", "tag:yaml.org,2002:int"), ("!mine", "!mine"), ("", ""), ("tag:x,1:y", "tag:x,1:y")]
)
def test_tags_in_both_forms(short: str, long: str) -> None:
    assert (long_tag(short), short_tag(long)) == (long, short)
