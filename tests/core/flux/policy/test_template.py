"""Go's expansion of `extract`: references as written, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy.template import Reference, parse_template

NAMES = (None, "ts", None, "ts", "a_b")
GROUPS = ["", "17", "two", "18", "ab"]


def expanded(text: str, groups: list[str | None] | None = None) -> str:
    found = groups if groups is not None else list(GROUPS)
    return parse_template(text, NAMES).expand(lambda number: found[number])


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ""),
        ("plain", "plain"),
        ("$ts", "17"),
        ("${ts}", "17"),
        ("$1", "17"),
        ("${2}", "two"),
        ("$1$2", "17two"),
        ("$ts-$2", "17-two"),
        ("${ts}x", "17x"),
        ("$tsx", ""),
        ("$a_b", "ab"),
        ("$$ts", "$ts"),
        ("$$$ts", "$17"),
        ("$", "$"),
        ("a$", "a$"),
        ("$ ts", "$ ts"),
        ("${", "${"),
        ("${ts", "${ts"),
        ("${}", "${}"),
        ("${ts-}", "${ts-}"),
        ("$-1", "$-1"),
        ("$9", ""),
        ("$01", ""),
        ("$1a", ""),
        ("$0", ""),
        ("$12345678901", ""),
        ("$é", ""),
        ("${é}!", "!"),
    ],
)
def test_what_is_filled_in(text: str, result: str) -> None:
    assert expanded(text) == result


def test_of_groups_with_one_name_the_first_that_took_part_counts() -> None:
    assert expanded("$ts", ["", None, None, "18", None]) == "18"
    assert expanded("$ts", ["", "", None, "18", None]) == ""
    assert expanded("$ts", [""] + [None] * 4) == ""


@pytest.mark.parametrize(
    ("text", "groups", "alone"),
    [
        ("", (), None),
        ("x", (), None),
        ("$1", (1,), 1),
        ("${2}", (2,), 2),
        ("$a_b", (4,), 4),
        ("$ts", (1, 3), None),
        ("$1$2", (1, 2), None),
        ("$2$1$2", (1, 2), None),
        ("$1x", (), None),
        ("${1}x", (1,), None),
        ("$1$nothing", (1,), 1),
        ("$nothing", (), None),
    ],
)
def test_which_groups_it_uses(text: str, groups: tuple[int, ...], alone: int | None) -> None:
    found = parse_template(text, NAMES)
    assert (found.groups, found.alone) == (groups, alone)


def test_references_as_they_are_written() -> None:
    assert parse_template("a$ts${x}$$", NAMES).references == (Reference("ts", (1, 3)), Reference("x", ()))


TEXT = st.text(alphabet="$${}ts1a_ -é", max_size=20)


@given(TEXT)
def test_any_text(text: str) -> None:
    found = parse_template(text, NAMES)
    assert all(0 <= number < len(NAMES) for number in found.groups)
    if "$" not in text:
        assert expanded(text) == text
    if found.alone is not None:
        assert expanded(text) == GROUPS[found.alone]


@given(TEXT, TEXT)
def test_two_texts_apart_are_one(first: str, second: str) -> None:
    """A blank ends every name that has no braces; an open brace before it stays what it is."""
    if not first.endswith("$"):
        assert expanded(f"{first} {second}") == f"{expanded(first)} {expanded(second)}" or "${" in first


@given(st.text(alphabet="abts1_", min_size=1, max_size=6))
def test_dollars_are_doubled_to_mean_themselves(name: str) -> None:
    assert expanded(f"$${name}") == f"${name}"
    assert expanded(f"$${{{name}}}") == f"${{{name}}}"
