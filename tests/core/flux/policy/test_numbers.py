"""Go's ParseFloat: what is a number, beside what Python takes for one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.numbers import parse_float, parse_floats


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("007", 7.0),
        ("-0", -0.0),
        ("+5", 5.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("1e-400", 0.0),
        ("1_000", 1000.0),
        ("1_0.0_1e1_0", 10.01e10),
        ("0x1p4", 16.0),
        ("0X1.8P1", 3.0),
        ("-0x.8p0", -0.5),
        ("0x_1p0", 1.0),
        ("inf", math.inf),
        ("-Infinity", -math.inf),
        ("+INF", math.inf),
        ("179769313486231570" + "0" * 291, 1.797693134862315700e308),
        ("9007199254740993", 9007199254740992.0),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert parse_float(text) == value
    assert parse_floats([text]) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 1",
        "1 ",
        "1\n",
        "+",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "--1",
        "1.2.3",
        "1,5",
        "0x",
        "0x1",
        "0xp1",
        "0x1p",
        "1p1",
        "_1",
        "1_",
        "1__0",
        "1_.0",
        "1._0",
        "1_e1",
        "1e_1",
        "infin",
        "-nan",
        "+nan",
        "\u0661",
        "²",
        "1e400",
        "9" * 400,
        "0x1p99999",
        "0b1",
        "0o7",
        "1f",
        "1d",
        "true",
    ],
)
def test_what_is_no_number_for_go(text: str) -> None:
    assert parse_float(text) is None
    assert parse_floats(["1", text]) is None


def test_not_a_number_is_a_number() -> None:
    """Go parses it, without a sign; every comparison with it is false."""
    for text in ("nan", "NaN", "NAN"):
        found = parse_float(text)
        assert found is not None
        assert math.isnan(found)


@given(st.integers(0, 10**20))
def test_digits(number: int) -> None:
    assert parse_float(str(number)) == float(number)
    assert parse_float(f"000{number}") == float(number)
    assert parse_float(f"-{number}") == -float(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_as_python_writes_it(number: float) -> None:
    assert parse_float(repr(number)) == number
    assert parse_float(number.hex()) == number


@given(st.text(alphabet="0123456789_.eEpPxXabf+-infINF ", max_size=16))
def test_any_text(text: str) -> None:
    """What is no number for Python is none for Go, hexadecimal forms and underscores beside dots aside."""
    found = parse_float(text)
    if found is not None and "x" not in text.lower():
        assert float(text.replace("_", "")) == found or math.isnan(found)
    if text != text.strip():
        assert found is None


@given(st.lists(st.sampled_from(["1", "22", "0.5", "1e3", "x", "", "inf", "9" * 310]), max_size=6))
def test_many_at_once_are_what_each_is_alone(texts: list[str]) -> None:
    alone = [parse_float(text) for text in texts]
    if texts:
        assert parse_floats(texts) == (None if None in alone else alone)
