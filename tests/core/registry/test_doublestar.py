from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.doublestar import PatternError, match
from tests.vectors import doublestar

VECTORS = Path(__file__).parents[4] / "shared" / "conformance" / "doublestar-vectors.jsonl"


@pytest.mark.parametrize(
    ("pattern", "name", "wanted"),
    [
        ("**", "master-abc1234-1707300000", True),
        ("**", "team/app", True),
        ("*", "team/app", False),
        ("*", "unproven", True),
        ("", "unproven", False),
        ("", "", True),
        ("master-*", "master-abc", True),
        ("master-*", "xmaster-abc", False),
        ("**-dirty", "a-dirty", True),
        ("**-dirty", "a/b-dirty", False),
        ("**/ret", "ret", True),
        ("a/**", "a", False),
        ("a/**", "a/b/c", True),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/b/b/c", True),
        ("a/**/c", "a/b/b/d", False),
        ("{main,master}-*", "master-1", True),
        ("{main,master}-*", "develop-1", False),
        ("{a,{b,c}d}", "cd", True),
        ("{,a}b", "b", True),
        ("{a/b,c}", "c", True),
        ("{a,a/b}", "a", False),
        ("{a,b/c}/d", "b/c/d", True),
        ("v?.[0-9]", "v1.5", True),
        ("v?.[0-9]", "v1.x", False),
        ("v[!0-9]", "v1", True),
        ("v[^0-9]", "v1", False),
        ("v[^0-9]", "vx", True),
        ("[^]", "x", True),
        ("[\\]a]", "]", True),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXbY", False),
        ("***", "", False),
        ("a{*,**}", "a", True),
        ("a.c", "abc", False),
        ("a+", "aa", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        (r"{a\,b,c}", "a,b", True),
        ("a,b", "a,b", True),
        ("}", "}", True),
    ],
)
def test_what_a_pattern_takes(pattern: str, name: str, wanted: bool) -> None:  # noqa: FBT001
    assert match(pattern, name) is wanted


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{unclosed", "u"),
        ("[a", "a"),
        ("[]", "a"),
        ("[a-]", "a"),
        ("[-a]", "a"),
        ("[a--]", "a"),
        ("a\\", "ab"),
        ("[\\", "a"),
        ("x{[a,b}", "xa"),
        ("a{b/c", "ab"),
        ("a{b/c", "a"),
    ],
)
def test_a_malformed_pattern(pattern: str, name: str) -> None:
    with pytest.raises(PatternError):
        match(pattern, name)


def test_a_pattern_is_read_only_as_far_as_the_name_goes() -> None:
    assert match("b[", "a") is False
    assert match("a*", "a") is True


def test_an_error_behind_a_double_star_is_no_match() -> None:
    assert match("**/[a", "x") is False
    assert match("{**/[a,x}", "y") is False


@pytest.mark.parametrize(
    ("pattern", "name"), [("a" * 1025, "a"), ("a", "a" * 257), ("a", "/" * 64), ("*" * 65, "a"), ("{a}" * 65, "a")]
)
def test_bounds(pattern: str, name: str) -> None:
    with pytest.raises(PatternError):
        match(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*a" * 60 + "b", "a" * 250),
        ("**/" * 30 + "x", "/".join("a" * 60)),
        ("{,a}" * 60 + "b", "a" * 250),
        ("{a,a/b}" * 60 + "/x", "a" * 60 + "/y"),
        ("**/*a" * 20 + "b", "/".join(["aaa"] * 60)),
        ("{*,*a}" * 20 + "b", "a" * 250),
    ],
)
def test_what_a_backtracking_matcher_would_never_finish(pattern: str, name: str) -> None:
    assert match(pattern, name) is False


NAMES = st.text("ab-./1", max_size=12)


@given(NAMES)
def test_a_name_without_signs_takes_itself(name: str) -> None:
    assert match(name, name)
    assert match("**", name)
    assert match("**/" + name, name)
    assert match("*", name) is ("/" not in name)


@given(st.text("ab/*?", max_size=8), NAMES)
def test_stars_inside_one_component_are_those_of_a_regular_expression(pattern: str, name: str) -> None:
    if "**" not in pattern and "/" not in pattern:
        plain = pattern.replace("*", "[^/]*").replace("?", "[^/]")
        assert match(pattern, name) is bool(re.fullmatch(plain, name))


@given(st.text("ab/*?{},[]^-\\!", max_size=20), st.text("ab/\\-]", max_size=10))
def test_any_pattern_ends_in_an_answer(pattern: str, name: str) -> None:
    with contextlib.suppress(PatternError):
        assert match(pattern, name) in {True, False}


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not here")
def test_the_answers_of_the_original() -> None:
    wrong = []
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        names = [*row["matches"], *row["not"], *row["errors"]]
        got = doublestar.answer({"id": row["id"], "pattern": row["pattern"], "names": names})["matches"]
        if set(got) - set(row["errors"]) != set(row["matches"]):
            wrong.append(row["id"])
    assert wrong == []
