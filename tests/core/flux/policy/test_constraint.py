"""Ranges: laws that every operator keeps, whatever the versions; and Masterminds' oddities one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.constraint import ConstraintError, parse_constraint
from buildtool.core.flux.policy.version import parse_version

if TYPE_CHECKING:
    from buildtool.core.flux.policy.version import Version

NUMBER = st.integers(0, 3)
RELEASE = st.builds("{}.{}.{}".format, NUMBER, NUMBER, NUMBER)
ANY = st.builds("{}{}".format, RELEASE, st.sampled_from(["", "-0", "-alpha", "-rc.1"]))
OPERATORS = st.sampled_from(["", "=", "!=", ">", "<", ">=", "<=", "=>", "=<", "~", "~>", "^"])


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None
    return found


def takes(text: str, one: str) -> bool:
    return parse_constraint(text).check(version(one))


@given(RELEASE, RELEASE)
def test_of_two_releases_exactly_one_of_less_equal_and_greater_holds(bound: str, one: str) -> None:
    assert [takes(f"<{bound}", one), takes(f"={bound}", one), takes(f">{bound}", one)].count(True) == 1
    assert takes(f"<={bound}", one) == (takes(f"<{bound}", one) or takes(f"={bound}", one))
    assert takes(f">={bound}", one) == (takes(f">{bound}", one) or takes(f"={bound}", one))
    assert takes(f"!={bound}", one) != takes(f"={bound}", one)


@given(RELEASE, RELEASE)
def test_two_spellings_of_one_operator(bound: str, one: str) -> None:
    for first, second in ((">=", "=>"), ("<=", "=<"), ("~", "~>"), ("", "=")):
        assert takes(f"{first}{bound}", one) == takes(f"{second}{bound}", one)


@given(RELEASE, ANY)
def test_tilde_keeps_the_minor_and_caret_the_first_number_that_is_not_zero(bound: str, one: str) -> None:
    low, high = version(bound).release, version(one).release
    if takes(f"~{bound}", one) and low != (0, 0, 0):
        assert high[:2] == low[:2]
        assert high >= low
    if takes(f"^{bound}", one):
        kept = next((number for number, part in enumerate(low) if part), 2)
        assert high[: kept + 1] == low[: kept + 1]
        assert high >= low


@given(OPERATORS, RELEASE, OPERATORS, RELEASE, ANY)
def test_and_and_or(first: str, low: str, second: str, high: str, one: str) -> None:
    left, right = f"{first}{low}", f"{second}{high}"
    assert takes(f"{left} || {right}", one) == (takes(left, one) or takes(right, one))
    together = takes(left, one) and takes(right, one)
    assert takes(f"{left}, {right}", one) == together
    assert takes(f"{left} {right}", one) == together
    assert takes(f"{right}, {left}", one) == together


@given(RELEASE, RELEASE, RELEASE)
def test_a_hyphen_is_both_bounds(low: str, high: str, one: str) -> None:
    assert takes(f"{low} - {high}", one) == (takes(f">={low}", one) and takes(f"<={high}", one))


@given(
    OPERATORS.filter(lambda operator: operator != "!="), RELEASE, RELEASE, st.sampled_from(["-0", "-alpha", "-rc.1"])
)
def test_a_prerelease_fits_only_where_the_range_has_one(operator: str, bound: str, one: str, pre: str) -> None:
    assert not takes(f"{operator}{bound}", one + pre)
    assert takes(">=0.0.0-0", one + pre)


@given(OPERATORS, RELEASE, RELEASE, st.sampled_from(["+a", "+1.2"]))
def test_build_metadata_does_not_count(operator: str, bound: str, one: str, build: str) -> None:
    assert takes(f"{operator}{bound}", one) == takes(f"{operator}{bound}", one + build)


@given(OPERATORS, RELEASE, RELEASE)
def test_blanks_change_nothing(operator: str, bound: str, one: str) -> None:
    assert takes(f"  {operator}  v{bound}  ", one) == takes(f"{operator}{bound}", one)


@pytest.mark.parametrize(
    ("text", "taken", "left"),
    [
        ("*", ["0.0.0", "9.9.9"], ["1.0.0-rc.1"]),
        ("x", ["1.2.3"], []),
        ("1", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.9"]),
        ("1.x", ["1.0.0", "1.9.9"], ["2.0.0"]),
        ("1.X.x", ["1.9.9"], ["2.0.0"]),
        ("1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        ("=1.2", ["1.2.9"], ["1.3.0"]),
        ("!=1.2", ["1.3.0", "2.2.0"], ["1.2.0", "1.2.9"]),
        ("!=1", ["2.0.0"], ["1.0.0", "1.9.9"]),
        (">1", ["2.0.0"], ["1.9.9"]),
        (">1.2", ["1.3.0", "2.0.0"], ["1.2.9"]),
        ("<1.2", ["1.1.9"], ["1.2.0"]),
        ("<=1", ["1.9.9"], ["2.0.0"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        (">=1.2", ["1.2.0"], ["1.1.9"]),
        ("~1", ["1.9.9"], ["2.0.0"]),
        ("~1.2", ["1.2.9"], ["1.3.0"]),
        ("~0.0.0", ["0.0.0", "9.9.9"], []),
        ("^0", ["0.9.9"], ["1.0.0"]),
        ("^0.0", ["0.0.9"], ["0.1.0"]),
        ("^0.0.1", ["0.0.1"], ["0.0.2"]),
        ("^0.1", ["0.1.9"], ["0.2.0"]),
        ("^1.2", ["1.9.9"], ["2.0.0", "1.1.9"]),
        ("^*", ["0.0.0"], ["0.1.0", "1.0.0"]),
        ("<*", [], ["0.0.0", "1.0.0"]),
        ("1.2 - 1.4", ["1.2.0", "1.4.9"], ["1.5.0", "1.1.9"]),
        (">=1.0.0-0", ["1.0.0-0", "1.0.0", "2.0.0-rc.1"], ["0.9.9"]),
        ("1.x || 3.x", ["1.0.0", "3.0.0"], ["2.0.0"]),
        (">=1, <2 || =3.0.0", ["1.5.0", "3.0.0"], ["2.0.0", "3.0.1"]),
    ],
)
def test_ranges(text: str, taken: list[str], left: list[str]) -> None:
    assert [one for one in taken if not takes(text, one)] == []
    assert [one for one in left if takes(text, one)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "1.2.3.4",
        "==1",
        "1,",
        ",1",
        "1 || ",
        "|| 1",
        "> ",
        "1.2.3 -",
        "1;2",
        "1\v2",
        "é",
    ],
)
def test_what_is_refused_is_quoted(text: str) -> None:
    with pytest.raises(ConstraintError, match="improper constraint: "):
        parse_constraint(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1" * 513, "constraint string is too long (max 512 bytes)"),
        ("é" * 257, "constraint string is too long (max 512 bytes)"),
        ("||".join(["1"] * 33), "too many constraint groups (max 32)"),
        ("99999999999999999999", "constraint parser error"),
        ("1.2.3-01", "constraint parser error"),
        ("1 ||| 2", "constraint parser error"),
    ],
)
def test_bounds(text: str, words: str) -> None:
    with pytest.raises(ConstraintError) as caught:
        parse_constraint(text)
    assert str(caught.value) == words


@given(st.text(alphabet='01x*.,|<>=!~^ v-+a\t"\\', max_size=40))
def test_any_text_is_a_range_or_refused(text: str) -> None:
    answer = ""
    try:
        answer = str(parse_constraint(text).check(version("1.2.3")))
    except ConstraintError as error:
        answer = str(error)
    assert answer in {"True", "False", "constraint parser error"} or answer.startswith('improper constraint: "')


@pytest.mark.parametrize(
    "text", [" " * 500 + "1", "1" + " " * 500, "1" + " ," * 250, ">" + " " * 500 + "1", "1 - " * 120]
)
def test_hostile_ranges_end(text: str) -> None:
    answer = ""
    try:
        answer = str(parse_constraint(text).check(version("1.0.0")))
    except ConstraintError as error:
        answer = str(error)
    assert answer in {"True", "False"} or answer.startswith("improper constraint: ")
