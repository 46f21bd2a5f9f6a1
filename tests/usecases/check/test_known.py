"""What is left of the findings, and what is counted."""

from __future__ import annotations

import pytest

from buildtool.errors.findings import Finding, Place, Severity
from buildtool.usecases.check.known import Remaining, identities, without_baseline, without_old
from buildtool.usecases.check.run import Checked


def checked(*names: str) -> Checked:
    """A finding for each `path:message`."""
    found = []
    for name in names:
        path, _, message = name.partition(":")
        found.append(Finding("code", Severity.ERROR, message, "", "", Place(path, 1, 1)))
    return Checked(tuple(found), 9, {finding.place: finding.message for finding in found if finding.place})


def messages(left: Remaining) -> list[str]:
    return [f"{f.place.path if f.place else ''}:{f.message}" for f in left.checked.findings]


def test_what_the_baseline_holds_is_left_out_and_what_it_need_not_hold_is_counted() -> None:
    left = without_baseline(Remaining(checked("a:1", "b:2")), identities(checked("a:1", "c:3", "d:4")), None)
    assert messages(left) == ["b:2"]
    assert (left.known, left.gone, left.checked.files) == (1, 2, 9)


def test_with_paths_nothing_is_said_of_other_files() -> None:
    left = without_baseline(Remaining(checked("a:1")), identities(checked("a:1", "a:9", "c:3")), ["a", "b"])
    assert (messages(left), left.known, left.gone) == ([], 1, 1)


def test_what_was_there_before_is_left_out_under_its_new_name() -> None:
    left = without_old(Remaining(checked("new:1", "b:2")), lambda: checked("old:1", "z:3"), lambda: {"old": "new"})
    assert (messages(left), left.known, left.gone) == (["b:2"], 1, 0)


def test_where_nothing_is_found_nothing_is_read() -> None:
    def never() -> Checked:
        pytest.fail("the old commit was read")

    assert messages(without_old(Remaining(checked()), never, dict)) == []


def test_both() -> None:
    left = without_baseline(Remaining(checked("a:1", "b:2", "c:3")), identities(checked("a:1")), None)
    left = without_old(left, lambda: checked("a:1", "b:2"), dict)
    assert (messages(left), left.known, left.gone) == (["c:3"], 2, 0)
