from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.text import globs
from buildtool.core.text.globs import matches


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("*.py", ["a.py"], ["a/b.py", "a.pyc"]),
        ("**/*.py", ["a.py", "a/b.py", "a/b/c.py"], ["a.pyc"]),
        ("src", ["src", "src/a", "src/a/b"], ["srcs", "a/src"]),
        ("src/", ["src/a"], ["srcs/a"]),
        ("./src/**", ["src/a/b"], ["b"]),
        ("a?c", ["abc"], ["a/c", "ac"]),
        ("a[0-9]", ["a1"], ["ab"]),
        ("a[!0-9]", ["ab"], ["a1", "a/"]),
        ("a[", ["a["], ["a"]),
        ("[z-a]", ["[z-a]"], ["b"]),
        ("[+--]", ["+", ",", "-"], ["*", "."]),
        ("[a-c-]", ["b", "-"], ["d"]),
        ("[&&||~~[[]", ["&", "|", "~", "["], ["a"]),
        ("[!-a]", ["b"], ["-", "a"]),
        ("a.c", ["a.c"], ["abc"]),
        (".", ["x", "a/b"], []),
        ("a/**/b", ["a/b", "a/x/y/b"], ["ab"]),
        ("package*.json", ["package.json", "package-lock.json"], ["x/package.json"]),
    ],
)
def test_what_a_glob_takes(glob: str, yes: list[str], no: list[str]) -> None:
    assert {path: matches(path, (glob,)) for path in yes + no} == dict.fromkeys(yes, True) | dict.fromkeys(no, False)


def test_several_globs_and_none() -> None:
    assert matches("b", ("a", "b"))
    assert matches("anything/at all", ())


@given(st.text(max_size=20), st.text("*?[]!^-/\\a.&|~", max_size=20))
def test_any_glob_answers(path: str, glob: str) -> None:
    assert matches(path, (glob,)) in {True, False}


@pytest.mark.parametrize(
    "glob", ["*a*a*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/b", "*" * 60 + "b", "[a]*[a]*[a]*[a]*[z-a]"]
)
def test_many_stars_end(glob: str) -> None:
    assert not matches("a" * 200, (glob,))
    assert not matches("a/" * 100 + "a", (glob,))


@given(
    st.lists(st.sampled_from(["*", "?", "**/", "**", "a", "b", "/", "[ab]", "[!a]"]), max_size=6),
    st.text("ab/", max_size=8),
)
def test_both_ways_agree(tokens: list[str], path: str) -> None:
    glob = "".join(tokens)
    if glob.strip("./"):
        assert globs._step_by_step(glob, path) is bool(globs._compiled(glob).fullmatch(path))
