"""Misspelt and misplaced keys: what is said, and at which line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.config.conftest import Project

CASES = [
    ("[image.web]\nplatforms = ['linux/arm64']", "12: image: unknown key; did you mean images?"),
    ("[web]\nplatforms = ['linux/arm64']", "12: web: unknown key; an image's table is written [images.web]"),
    ("insecure = false", "12: images.backend.insecure: unknown key; it is a key of the top: write it above the first"),
    ("[tag]\nshalength = 7", "13: tag.shalength: unknown key; did you mean sha_length?"),
    ("[push]\nsha_length = 7", "13: push.sha_length: unknown key; it is a key of [tag]"),
    ("candidate_tag = 'x'", "12: images.backend.candidate_tag: unknown key; it is a key of [push]"),
    ("[tag]\ntarget = 'x'", "13: tag.target: unknown key; it is a key of [images.NAME]"),
    ('"\\u0000" = 1', '12: images.backend."\\x00": unknown key'),
    ("[images.web.deeper]\nx = 1", "12: images.web.deeper: unknown key"),
    ("[images]\ndockerfile = 'x'", "13: images.dockerfile: expected a table [images.NAME], found text; a key of an"),
    ("[images.'team/web']\nx = 1", '12: images."team/web": an image\'s name has letters'),
    ("[[tag]]", "12: tag: expected a table [tag], found a list"),
]


@pytest.mark.parametrize(("added", "expected"), CASES, ids=[words for _, words in CASES])
def test_what_is_said_of_a_key_nobody_knows(project: Project, good: str, added: str, expected: str) -> None:
    said = project.mistakes(good + added + "\n")
    assert any(one.startswith(f"buildtool.toml:{expected}") for one in said), said


@pytest.mark.parametrize("value", ["1", "[]", '"x"', "{}"])
def test_images_that_are_no_tables(project: Project, value: str) -> None:
    said = project.mistakes(f'registry = "localhost:1"\nimages = {value}\n')
    assert len(said) == 1
    assert said[0].startswith("buildtool.toml:2: images: ")
