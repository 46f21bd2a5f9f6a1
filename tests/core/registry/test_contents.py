"""Manifests exactly as they are stored."""

from __future__ import annotations

import json

import pytest

from buildtool.core.registry.contents import INDEX_TYPES, MANIFEST_TYPES, Manifest


@pytest.mark.parametrize(
    ("media_type", "is_index"),
    [*((one, True) for one in INDEX_TYPES), *((one, False) for one in MANIFEST_TYPES), ("", False)],
)
def test_which_hold_several_platforms(media_type: str, *, is_index: bool) -> None:
    assert Manifest(media_type, "sha256:0", b"{}").is_index is is_index


@pytest.mark.parametrize("document", [{}, {"layers": []}, {"a": {"b": "é"}}])
def test_the_document(document: dict[str, object]) -> None:
    assert Manifest("", "", json.dumps(document).encode()).document() == document


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"', b"true"])
def test_what_is_json_and_no_object(body: bytes) -> None:
    with pytest.raises(TypeError, match="a manifest is a JSON object"):
        Manifest("", "", body).document()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"\xff", "can't decode byte 0xff"),
        (b"{'a': 1}", "Expecting property name"),
    ],
)
def test_what_is_no_json(body: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Manifest("", "", body).document()


def test_a_body_is_not_printed() -> None:
    assert "secret" not in repr(Manifest("type", "sha256:0", b'{"secret": 1}'))
