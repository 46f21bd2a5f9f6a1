"""`inputs` narrow what a context sends; they never widen it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.ignorefile import TOP, Rules, parse
from buildtool.core.build.input_globs import InputGlobs
from buildtool.core.text.globs import matches


def narrowed(*globs: str, context: str = "/r", ignore: bytes = b"") -> InputGlobs:
    return InputGlobs(parse(ignore), globs, context, "/r")


def is_sent(rules: InputGlobs, path: str) -> bool:
    above, parts = TOP, path.split("/")
    for depth in range(1, len(parts)):
        above = rules.enter("/".join(parts[:depth]), above, folder=True)
        if above.skips:
            return False
    return rules.enter(path, above, folder=False).sent


def test_only_what_a_glob_takes_and_the_ignore_file_lets_through() -> None:
    rules = narrowed("src/**", "*.toml", ignore=b"**/*.pyc")
    assert [p for p in ("src/a/b", "src/a.pyc", "x.toml", "docs/x.toml", "docs/a") if is_sent(rules, p)] == [
        "src/a/b",
        "x.toml",
    ]


@pytest.mark.parametrize(
    ("context", "path", "named"),
    [
        ("/r", "a/b", "a/b"),
        ("/r/web", "b", "web/b"),
        ("/", "r/a", "a"),
        ("/", "lib/x", "../lib/x"),
        ("/lib", "x", "../lib/x"),
    ],
)
def test_globs_count_from_the_configuration(context: str, path: str, named: str) -> None:
    assert is_sent(narrowed(named, context=context), path)
    assert not is_sent(narrowed(named + "x", context=context), path)


def test_folders_that_hold_nothing_wanted_are_not_entered() -> None:
    rules = InputGlobs(Rules([]), ("src/app/**", "web"), "/r", "/r", apart=("src/app/x",))
    skipped = [
        path
        for path in ("src", "src/app", "src/app/x", "src/lib", "web", "docs")
        if rules.enter(path, TOP, folder=True).skips
    ]
    assert skipped == ["src/app/x", "src/lib", "docs"]


def test_a_repository_in_a_context_is_still_seen() -> None:
    assert narrowed("src").enter(".git", TOP, folder=True).sent
    assert not narrowed("src", ignore=b".git").enter(".git", TOP, folder=True).sent


GLOBS = st.lists(
    st.lists(st.sampled_from(["a", "b", "*", "**", "a*"]), min_size=1, max_size=3).map("/".join), min_size=1, max_size=3
)


@given(GLOBS, st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4).map("/".join))
def test_skipping_folders_changes_no_answer(globs: list[str], path: str) -> None:
    assert is_sent(narrowed(*globs), path) == matches(path, tuple(globs))
