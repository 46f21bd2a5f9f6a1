"""The digest of inputs: everything counts, once, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.build.inputs import (
    ContextEntry,
    ContextTree,
    UnknownInputError,
    check_remote,
    inputs_digest,
    tree_digest,
)

FILE = ContextEntry("file", 0o644, "a1")
NAMES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map("/".join)
ENTRIES = st.builds(
    ContextEntry,
    st.sampled_from(["file", "link", "folder", "fifo"]),
    st.sampled_from([0, 0o644, 0o755]),
    st.text("xy", max_size=2),
)


def digest(entries: dict[str, ContextEntry], forms: dict[str, str | None] | None = None) -> str:
    return tree_digest(ContextTree(entries), forms or {})


@given(st.dictionaries(NAMES, ENTRIES, max_size=5), st.dictionaries(NAMES, ENTRIES, max_size=5))
def test_equal_trees_and_only_these_have_equal_digests(
    one: dict[str, ContextEntry], two: dict[str, ContextEntry]
) -> None:
    assert (digest(one) == digest(two)) == (one == two)
    assert digest(dict(reversed(one.items()))) == digest(one)


def test_names_that_are_no_text() -> None:
    odd = b"\xff".decode("utf-8", "surrogateescape")
    assert digest({odd: FILE}) != digest({"a": FILE})


def test_a_file_with_setters_counts_by_its_form() -> None:
    tree = {"k.yaml": FILE, "z": FILE}
    other = {**tree, "k.yaml": ContextEntry("file", 0o644, "b2")}
    assert digest(tree, {"k.yaml": "form"}) == digest(other, {"k.yaml": "form"})
    assert digest(tree, {"k.yaml": "form"}) != digest(tree, {"k.yaml": "other"})
    assert digest(tree, {"k.yaml": "form"}) != digest({**tree, "z": other["k.yaml"]}, {"k.yaml": "form"})


def test_a_file_of_moved_items_does_not_count_nor_does_its_folder() -> None:
    before = {"z": FILE, "kept": ContextEntry("folder", 0o755), "kept/a": FILE}
    after = {
        **before,
        "ns": ContextEntry("folder", 0o755),
        "ns/deployment_a.yaml": FILE,
        "kept/deployment_b.yaml": FILE,
    }
    assert digest(after, {"ns/deployment_a.yaml": None, "kept/deployment_b.yaml": None}) == digest(before)


def test_settings_and_parts_count() -> None:
    one = inputs_digest({"context ": "1"}, {"target": None})
    others = [
        inputs_digest({"context ": "2"}, {"target": None}),
        inputs_digest({"context x": "1"}, {"target": None}),
        inputs_digest({"context ": "1"}, {"target": "run"}),
    ]
    assert one.startswith("sha256:")
    assert len({one, *others}) == 4


def is_known(source: str) -> bool:
    try:
        check_remote(source)
    except UnknownInputError:
        return False
    return True


@pytest.mark.parametrize(
    "source",
    [
        "docker-image://nginx:1",
        "docker-image://nginx@sha256:" + "a" * 64,
        "oci-layout:///cache@sha256:" + "a" * 64,
        "https://example.com/a.git#" + "a" * 40,
        "ssh://git@example.com/a.git#" + "a" * 40 + ":sub/folder",
    ],
)
def test_what_cannot_change_is_known(source: str) -> None:
    assert is_known(source)


@pytest.mark.parametrize(
    "source",
    [
        "https://example.com/a.tar.gz",
        "https://example.com/a.git#main",
        "oci-layout:///cache:v1",
        "git://e.com/a.git#abc1234",
    ],
)
def test_what_can_change_elsewhere_is_not_known(source: str) -> None:
    with pytest.raises(UnknownInputError) as raised:
        check_remote(source)
    assert str(raised.value) == f"context {source} cannot be looked at"


def test_a_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(UnknownInputError) as raised:
        check_remote("https://user:secret@example.com/a.git")
    assert "secret" not in str(raised.value)
