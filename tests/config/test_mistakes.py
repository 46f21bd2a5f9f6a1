"""Mistakes as lines: their places, their keys, and how many of them are shown."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config.mistakes import ConfigError, Mistake, dotted
from buildtool.errors import CONFIG_INVALID, Exit


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("registry",), "registry"),
        (("images", "web", "platforms", 1), "images.web.platforms[1]"),
        (("images", "my-app"), "images.my-app"),
        (("images", "my_app"), "images.my_app"),
        (("images", "team/web"), 'images."team/web"'),
        (("images", "a.b", "target"), 'images."a.b".target'),
        (("images", ""), 'images.""'),
        (("images", "é"), 'images."é"'),
        (("\x00",), '"\\x00"'),
        (("builder", "nodes", 0, "platforms", 2), "builder.nodes[0].platforms[2]"),
        (("x" * 100,), "x" * 100),
        (("é" * 100,), f'"{"é" * 80}"'),
    ],
)
def test_a_key_as_toml_writes_it(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


@given(st.lists(st.text(alphabet="abz09-_", min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_key_without_signs_is_found_again_by_toml(path: list[str]) -> None:
    found = tomllib.loads(f"{dotted(path)} = 1")
    for part in path:
        found = found[part]
    assert found == 1  # type: ignore[comparison-overlap]


@given(st.lists(st.text(max_size=10) | st.integers(0, 9), max_size=5))
def test_any_key_is_one_line(path: list[str | int]) -> None:
    assert "\n" not in dotted(path)
    assert all(character.isprintable() for character in dotted(path) if character not in str(path))


@pytest.mark.parametrize(
    ("mistake", "line"),
    [
        (Mistake("buildtool.toml:3", "tag.sha_length", "is wrong"), "buildtool.toml:3: tag.sha_length: is wrong"),
        (Mistake("buildtool.toml", "", "is no TOML"), "buildtool.toml: is no TOML"),
        (Mistake("", "a", "b"), "a: b"),
    ],
)
def test_a_mistake_is_a_line(mistake: Mistake, line: str) -> None:
    assert str(mistake) == line


def test_one_mistake_is_the_message_itself() -> None:
    error = ConfigError([Mistake("f:1", "a", "is wrong")])
    assert (error.kind, error.kind.exit, error.message) == (CONFIG_INVALID, Exit.USAGE, "f:1: a: is wrong")


@given(st.integers(2, 120))
def test_many_mistakes_are_counted_and_the_first_fifty_shown(count: int) -> None:
    error = ConfigError([Mistake(f"f:{number}", "a", "is wrong") for number in range(count)])
    first, *lines = error.message.split("\n  ")
    assert first == f"{count} mistakes in the configuration:"
    assert lines[:50] == [f"f:{number}: a: is wrong" for number in range(min(count, 50))]
    assert lines[50:] == ([f"… and {count - 50} more"] if count > 50 else [])
    assert len(error.mistakes) == count
