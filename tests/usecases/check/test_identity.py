"""A finding is the same after its line has moved; another one is another."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.errors.findings import Finding, Place, Severity
from buildtool.usecases.check.identity import Identity, fingerprints, identify, match, moved

NAMES = st.sampled_from("abc")
IDENTITIES = st.lists(st.builds(Identity, NAMES, NAMES, NAMES, st.sampled_from(["", "x", "y"])), max_size=8)


def finding(message: str = "m", line: int = 3, path: str = "a.yaml") -> Finding:
    return Finding("code", Severity.ERROR, message, "", "", Place(path, line, 2))


def identity(message: str = "m", *, line: int = 3, text: str = "key: 1") -> Identity:
    one = finding(message, line)
    assert one.place is not None
    return identify(one, {one.place: text})


def test_moved_indented_and_respaced_is_the_same() -> None:
    assert identity(line=3, text="key: 1") == identity(line=9, text="\t  key:   1 ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("twice, first at apps/a.yaml:3:5", "twice, first at apps/a.yaml:14:5"),
        ("see buildtool.toml:3 for it", "see buildtool.toml:4 for it"),
        ("not closed (line 3, column 5)", "not closed (line 4, column 1)"),
    ],
)
def test_places_in_a_message_do_not_count(before: str, after: str) -> None:
    assert identity(before) == identity(after)


@pytest.mark.parametrize(
    ("one", "other"),
    [("192.168.0.40:5000/web", "192.168.0.40:5001/web"), ("web:1", "web:2"), ("of a.yaml", "of b.yaml")],
)
def test_other_numbers_count(one: str, other: str) -> None:
    assert identity(one) != identity(other)


def test_the_text_of_the_line_is_not_kept() -> None:
    """It may hold a password."""
    assert "hunter2" not in repr(identity(text="password: hunter2"))


def test_without_a_place_or_a_line() -> None:
    assert identify(Finding("code", Severity.ERROR, "m"), {}) == ("", "code", "m", "")


@given(IDENTITIES)
def test_what_was_there_is_explained_whole(found: list[Identity]) -> None:
    assert match(found, list(reversed(found))) == ([], [])


@given(IDENTITIES, IDENTITIES)
def test_each_old_one_explains_one(found: list[Identity], old: list[Identity]) -> None:
    new, gone = match(found, old)
    assert len(found) - len(new) == len(old) - len(gone)
    assert set(new) <= set(range(len(found)))
    assert set(gone) <= set(range(len(old)))
    exactly = Counter(found) - Counter(old)
    assert len(new) <= exactly.total()


@given(IDENTITIES, IDENTITIES)
def test_what_is_left_has_nothing_in_common(found: list[Identity], old: list[Identity]) -> None:
    new, gone = match(found, old)
    assert not {found[index][:3] for index in new} & {old[index][:3] for index in gone}


def test_a_second_one_of_the_same_kind_is_new() -> None:
    assert match([identity("job a"), identity("job b")], [identity("job a")]) == ([1], [])


def test_an_edited_line_or_a_message_that_says_more_is_no_new_finding() -> None:
    assert match([identity(text="key: 1 # why")], [identity(text="key: 1")]) == ([], [])
    assert match([identity("writes a, b")], [identity("writes a")]) == ([], [])
    assert match([identity("writes a, b", text="key: 2")], [identity("writes a")]) == ([0], [0])


def test_a_file_with_a_new_name() -> None:
    assert moved([identity()], {"a.yaml": "b.yaml"})[0].path == "b.yaml"
    assert moved([identity()], {"b.yaml": "c.yaml"}) == [identity()]


@given(IDENTITIES)
def test_fingerprints_are_unique_and_stable(found: list[Identity]) -> None:
    assert len(set(fingerprints(found))) == len(found)
    assert fingerprints(found) == fingerprints([*found, Identity("z", "z", "z", "")])[: len(found)]
