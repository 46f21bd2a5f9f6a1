"""Tags from a file or a pipe in each of their forms, and what is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.cli.policy_tags import read_tags, stored
from buildtool.core.flux.manifests import ImageRepository
from buildtool.errors import CONFIG_INVALID, USAGE, BuildtoolError
from buildtool.errors.findings import Place

if TYPE_CHECKING:
    from pathlib import Path


def given_as(folder: Path, text: str | bytes) -> list[str]:
    file = folder / "tags"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_tags(str(file))


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", []),
        ("\n\n", []),
        ("a\nb\n", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("a\n\nb", ["a", "b"]),
        ("a\na\n", ["a", "a"]),
        (" a \n", [" a "]),
        ("\ufeffa\nb", ["a", "b"]),
        ("[]", []),
        ('["a", "b"]', ["a", "b"]),
        ('  ["a"]  ', ["a"]),
        ('\ufeff["a"]', ["a"]),
        ('{"name": "web", "tags": ["a"]}', ["a"]),
        ('{"name": "web", "tags": null}', []),
        ('{"tags": ["a"]}\n{"tags": ["b"]}', ["a", "b"]),
        ('{"tags": ["a"]}{"tags": null}["c"]', ["a", "c"]),
        (b"a\xff\n", ["a\ufffd"]),
    ],
)
def test_the_forms(tmp_path: Path, text: str | bytes, tags: list[str]) -> None:
    assert given_as(tmp_path, text) == tags


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "begins like JSON and is not"),
        ("{", "begins like JSON and is not"),
        ('["a",]', "begins like JSON and is not"),
        ('{"tags": ["a"]} x', "begins like JSON and is not"),
        ("[" * 100_000, "begins like JSON and is not"),
        ('{"name": "web"}', "is JSON without a list of texts"),
        ("[1]", "is JSON without a list of texts"),
        ('{"tags": "a"}', "is JSON without a list of texts"),
        ('{"tags": [null]}', "is JSON without a list of texts"),
        ('{"tags": {"a": 1}}', "is JSON without a list of texts"),
    ],
)
def test_what_is_none(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BuildtoolError, match=words) as caught:
        given_as(tmp_path, text)
    assert caught.value.kind is USAGE
    assert str(tmp_path / "tags") in caught.value.message
    assert "one a line" in caught.value.fix


@given(tags=st.lists(st.from_regex(r"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,20}\Z"), max_size=6))
def test_every_form_of_the_same_tags(tmp_path_factory: pytest.TempPathFactory, tags: list[str]) -> None:
    folder = tmp_path_factory.mktemp("tags")
    forms = ["\n".join(tags), json.dumps(tags), json.dumps({"name": "web", "tags": tags}, indent=1)]
    pages = "".join(json.dumps({"tags": [tag]}) for tag in tags)
    assert [given_as(folder, form) for form in [*forms, pages]] == [tags] * 4


def watched(*patterns: str) -> ImageRepository:
    return ImageRepository("ns", "web", "r/web", insecure=True, exclusion_list=patterns, place=Place("a.yaml", 3))


def test_what_flux_stores() -> None:
    tags = ["a", "b.sig", "c"]
    assert stored(tags, None) == (["a", "c"], ["b.sig"])
    assert stored(tags, watched()) == (["a", "c"], ["b.sig"])
    assert stored(tags, watched("^a$", "c")) == (["b.sig"], ["a", "c"])


def test_an_exclusion_that_go_refuses_names_its_place() -> None:
    with pytest.raises(BuildtoolError, match="exclusionList: ") as caught:
        stored(["a"], watched("(?!a)"))
    assert (caught.value.kind, caught.value.place) == (CONFIG_INVALID, "a.yaml:3")
