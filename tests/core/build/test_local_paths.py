from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.local_paths import fields, join_fields, layout_folder

TEXTS = st.text(st.characters(exclude_characters="\r\n\x00"))  # buildx's lists are one line


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        ("oci-layout:///a/b", "/a/b"),
        ("oci-layout://b:tag", "b"),
        ("oci-layout:///a:1/b@sha256:0", "/a:1/b"),
        ("docker-image://b:tag", None),
        ("b", None),
    ],
)
def test_the_folder_of_a_layout(source: str, folder: str | None) -> None:
    assert layout_folder(source) == folder


def test_a_line_that_buildx_refuses_has_no_fields() -> None:
    assert fields('type=local,"dest') == {}


def test_a_comma_in_a_value_is_quoted() -> None:
    assert join_fields({"ref": "a,b"}) == '"ref=a,b"'


@given(st.dictionaries(st.from_regex(r"[a-z][a-z.-]{0,9}", fullmatch=True), TEXTS, min_size=1))
def test_what_is_joined_is_read_again(values: dict[str, str]) -> None:
    assert fields(join_fields(values)) == values
