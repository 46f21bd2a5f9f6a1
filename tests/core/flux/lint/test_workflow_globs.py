"""GitHub's patterns: the examples of its own documentation, and the order of a list."""

from __future__ import annotations

import pytest

from buildtool.core.flux.lint.workflow_globs import is_literal, takes


@pytest.mark.parametrize(
    ("pattern", "taken", "left"),
    [
        ("feature/*", ["feature/my-branch"], ["feature/a/b", "features/a"]),
        ("feature/**", ["feature/beta-a/my-branch", "feature/x"], ["feature"]),
        ("*", ["main", "releases"], ["a/b"]),
        ("**", ["all/the/branches", "every"], []),
        ("*feature", ["mona-feature", "feature"], ["ver-10-feature-x"]),
        ("v2*", ["v2", "v2.0", "v2.9"], ["v1"]),
        ("v[12].[0-9]+.[0-9]+", ["v1.10.1", "v2.0.0"], ["v3.0.0", "v1.10"]),
        ("*.jsx?", ["page.js", "page.jsx"], ["page.jsxx", "a/page.js"]),
        ("**.js", ["index.js", "src/js/app.js"], ["index.ts"]),
        ("**/docs/**", ["docs/hello.md", "dir/docs/my-file.txt"], ["docs", "mydocs/x"]),
        ("docs/**/*.md", ["docs/README.md", "docs/a/b.md"], ["docs/a.txt"]),
        ("docker-compose.backend.yml", ["docker-compose.backend.yml"], ["docker-compose-backend.yml"]),
    ],
)
def test_patterns(pattern: str, taken: list[str], left: list[str]) -> None:
    assert [text for text in taken if not takes([pattern], text)] == []
    assert [text for text in left if takes([pattern], text)] == []


def test_the_last_pattern_that_speaks_counts() -> None:
    assert takes(["releases/**", "!releases/**-alpha"], "releases/beta/3")
    assert not takes(["releases/**", "!releases/**-alpha"], "releases/beta/3-alpha")
    assert takes(["!a", "a"], "a")


@pytest.mark.parametrize(
    ("pattern", "takes_it"),
    [*((pattern, False) for pattern in ("[", "[]", "a[", "?", "+", "++", "[z-a]", "\\")), ("**?", True)],
)
def test_a_pattern_that_is_broken(pattern: str, *, takes_it: bool) -> None:
    """What is no pattern takes nothing but its own text."""
    assert takes([pattern], "a") is takes_it


def test_what_is_a_name() -> None:
    assert is_literal("release/1.0")
    assert not is_literal("release/**")
