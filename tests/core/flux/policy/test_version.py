"""Versions: an order without contradictions, the loose form, and what is none."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.version import compare_pre, parse_tag, parse_version

if TYPE_CHECKING:
    from buildtool.core.flux.policy.version import Version

PRE = st.sampled_from(["", "-0", "-1", "-2", "-10", "-alpha", "-alpha.1", "-beta", "-rc.1", "-rc.2", "-x-y", "-1a"])
NUMBER = st.integers(0, 12)
TEXT = st.builds("{}.{}.{}{}".format, NUMBER, NUMBER, NUMBER, PRE)


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None, text
    return found


# The example of semver.org, rule 11, and what stands around it.
ASCENDING = [
    "1.0.0-0",
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.1.0-0",
    "1.1.0",
    "2.0.0",
    "10.0.0",
]


@pytest.mark.parametrize(("lower", "higher"), [*itertools.combinations(ASCENDING, 2)])
def test_the_order_of_semver(lower: str, higher: str) -> None:
    assert version(lower).compare(version(higher)) == -1
    assert version(higher).compare(version(lower)) == 1


@given(TEXT, TEXT, TEXT)
def test_the_order_has_no_contradiction(one: str, two: str, three: str) -> None:
    a, b, c = map(version, (one, two, three))
    assert a.compare(a) == 0
    assert a.compare(b) == -b.compare(a)
    if a.compare(b) <= 0 and b.compare(c) <= 0:
        assert a.compare(c) <= 0


@given(TEXT, st.sampled_from(["", "+a", "+1.2", "+build-9"]))
def test_a_v_in_front_and_build_metadata_change_no_order(text: str, build: str) -> None:
    assert version(f"v{text}{build}").compare(version(text)) == 0
    assert version(f"v{text}{build}").text == f"v{text}{build}"


@given(NUMBER, NUMBER, PRE)
def test_missing_parts_are_zero(major: int, minor: int, pre: str) -> None:
    assert version(f"{major}{pre}").compare(version(f"{major}.0.0{pre}")) == 0
    assert version(f"{major}.{minor}{pre}").compare(version(f"{major}.{minor}.0{pre}")) == 0


@given(NUMBER, NUMBER, NUMBER)
def test_zeros_in_front_are_read_away(major: int, minor: int, patch: int) -> None:
    assert version(f"0{major}.00{minor}.{patch}").release == (major, minor, patch)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v",
        "V1.2.3",
        " 1.2.3",
        "1.2.3 ",
        "1.2.3\n",
        "1.2.3.4",
        "1..3",
        ".1.2",
        "1.2.",
        "1.2.3-",
        "1.2.3+",
        "1.2.3-a..b",
        "1.2.3-a_b",
        "1.2.3-01",
        "1.2.3-a.01",
        "1.2.3+a_b",
        "-1.2.3",
        "1.2.3é",
        "\u0661.\u0662.\u0663",
        "18446744073709551616.0.0",
        "1.2.3-" + "a" * 251,
    ],
)
def test_what_is_no_version(text: str) -> None:
    assert parse_version(text) is None
    assert parse_tag(text) is None


@pytest.mark.parametrize(
    ("text", "release", "pre"),
    [
        ("1.2.3", (1, 2, 3), ""),
        ("18446744073709551615.0.0", (18446744073709551615, 0, 0), ""),
        ("1.2.3-0", (1, 2, 3), "0"),
        ("1.2.3--", (1, 2, 3), "-"),
        ("1.2.3-01a", (1, 2, 3), "01a"),
        ("1.2.3-a.b.c+d.e", (1, 2, 3), "a.b.c"),
        ("1.2.3+01", (1, 2, 3), ""),
        ("1.2.3-" + "a" * 250, (1, 2, 3), "a" * 250),
    ],
)
def test_the_parts(text: str, release: tuple[int, int, int], pre: str) -> None:
    assert version(text)[1:] == (release, pre)


@pytest.mark.parametrize("text", ["1", "1.2", "v1", "1-rc", "1.2-rc", "1+a"])
def test_a_tag_needs_two_dots(text: str) -> None:
    assert parse_version(text) is not None
    assert parse_tag(text) is None


@pytest.mark.parametrize("text", ["1.2-rc.1", "1-a.b.c", "1.2+a.b"])
def test_dots_of_a_prerelease_count_too(text: str) -> None:
    assert parse_tag(text) == parse_version(text) != None  # noqa: E711 -- a chain


@given(st.text(alphabet="0123456789.-+vxabc", max_size=20))
def test_any_text_is_a_version_or_not(text: str) -> None:
    found = parse_version(text)
    if found is not None:
        again = version("{}.{}.{}".format(*found.release) + (f"-{found.pre}" if found.pre else ""))
        assert found.compare(again) == 0


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [("", "", 0), ("", "a", -1), ("a", "", 1), ("1", "a", -1), ("a", "A", 1), ("9", "10", -1), ("a.1", "a", 1)],
)
def test_prereleases(left: str, right: str, order: int) -> None:
    assert compare_pre(left, right) == order


def test_numbers_of_more_than_64_bits_are_compared_as_text() -> None:
    """As Masterminds does: the longer number is not the greater one."""
    assert compare_pre("18446744073709551616", "9") == 1
    assert compare_pre("18446744073709551617", "18446744073709551616") == 1
    assert compare_pre("28446744073709551616", "118446744073709551616") == 1
