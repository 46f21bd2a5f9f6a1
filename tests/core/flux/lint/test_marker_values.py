"""The value beside a marker: its parts, and whether what the marker writes fits there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.lint.marker_scan import Mark
from buildtool.core.flux.lint.marker_values import is_placeholder, part_problem, split_value


@pytest.mark.parametrize(
    ("text", "key", "parts"),
    [
        ("main-abc1234-1700000000", "tag", ("", "main-abc1234-1700000000", "")),
        ("nginx", "image", ("nginx", "", "")),
        ("nginx", "newName", ("nginx", "", "")),
        ("nginx", "repository", ("nginx", "", "")),
        ("nginx", "IMAGE", ("nginx", "", "")),
        ("nginx", "newTag", ("", "nginx", "")),
        ("nginx", "", ("", "nginx", "")),
        ("nginx:1", "tag", ("nginx", "1", "")),
        ("r.io/web", "tag", ("r.io/web", "", "")),
        ("r.io:5000/web:1@sha256:0", "x", ("r.io:5000/web", "1", "sha256:0")),
        ("1@sha256:0", "tag", ("", "1", "sha256:0")),
        ("", "tag", ("", "", "")),
    ],
)
def test_the_parts_of_a_value(text: str, key: str, parts: tuple[str, str, str]) -> None:
    assert split_value(text, key) == parts


@pytest.mark.parametrize(
    ("part", "text", "key", "fits"),
    [
        ("", "r.io/web:1", "image", True),
        ("", "r.io/web", "image", True),
        ("", "nginx", "image", True),
        ("", "1.2.3", "tag", False),
        ("tag", "1.2.3", "tag", True),
        ("tag", "latest", "newTag", True),
        ("tag", "r.io/web:1", "image", False),
        ("tag", "r.io/web", "image", False),
        ("tag", "nginx:1", "image", False),
        ("name", "r.io/web", "newName", True),
        ("name", "nginx", "image", True),
        ("name", "r.io/web:1", "image", False),
        ("name", "web", "newName", True),
        ("", "--image=r.io/web:1", "args", False),
        ("", "a b", "image", False),
        ("tag", "tag=1", "x", False),
        ("tag", "1;2", "x", False),
        ("name", "https://r.io/web", "x", False),
        ("tag", "-x", "tag", False),
        ("tag", "a|b", "tag", False),
        ("tag", "1\n2", "tag", False),
    ],
)
def test_whether_what_is_written_fits(part: str, text: str, key: str, *, fits: bool) -> None:
    problem = part_problem(Mark("a:b", part, text, 1, 1, False), key)
    assert (problem == "") is fits
    if not fits:
        assert repr(text) in problem


@pytest.mark.parametrize(
    "tag", ["latest", "0", "0.0.0", "v0.0", "placeholder", "main-", "dev", "00", "", "a b", "$x", "é"]
)
def test_what_only_holds_the_place(tag: str) -> None:
    assert is_placeholder(tag)


@pytest.mark.parametrize("tag", ["1", "v1.0.0", "0.1.0", "main-abc1234-1700000000", "rc1", "0-1", "20240101"])
def test_what_is_a_tag_of_a_build(tag: str) -> None:
    assert not is_placeholder(tag)


@given(st.text(max_size=20), st.sampled_from(["", "tag", "name"]), st.sampled_from(["", "image", "tag"]))
def test_any_value_has_an_answer(text: str, part: str, key: str) -> None:
    problem = part_problem(Mark("a:b", part, text, 1, 1, False), key)
    assert problem == "" or problem.startswith("the marker ")
    image, tag, digest = split_value(text, key)
    assert len(image) + len(tag) + len(digest) <= len(text)
