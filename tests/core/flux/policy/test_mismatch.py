from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.policy import explain_mismatch
from tests.core.flux.policy.support import committed, policy

if TYPE_CHECKING:
    from buildtool.core.flux.policy import ImagePolicy


@pytest.mark.parametrize(
    ("tag", "position", "message"),
    [
        (
            "feature-x-abc1234-1700000000",
            0,
            "branch part 'feature-x' (character 1, 'f') where the pattern wants 'main' or 'master'",
        ),
        (
            "main-abc1234-dirty-1700000000",
            13,
            "the part '-dirty' (character 14, 'd') where the pattern wants a digit",
        ),
        (
            "main-2024-abc1234-1700000000",
            9,
            "branch part 'main-2024' (character 10, '-') where the pattern wants one of [0-9a-f]",
        ),
        ("main-abc1234-170000000", 22, "the tag 'main-abc1234-170000000' ends where the pattern wants a digit"),
        (
            "main-abc1234-17000000000",
            23,
            "time part '17000000000' (character 24, '0') where the pattern wants the end of the tag",
        ),
        ("latest", 0, "the tag 'latest' differs (character 1, 'l') where the pattern wants 'main' or 'master'"),
        ("", 0, "the tag '' ends where the pattern wants 'main' or 'master'"),
    ],
)
def test_the_first_difference_in_words(tag: str, position: int, message: str) -> None:
    found = explain_mismatch(committed(), tag)
    assert (found.kind, found.position, str(found)) == ("pattern", position, message)


def test_a_tag_that_is_taken() -> None:
    assert explain_mismatch(committed(), "main-abc1234-1700000000").kind == "none"


@pytest.mark.parametrize(
    ("tag", "kind"),
    [("1.2", "not_a_version"), ("1.2.3-rc", "prerelease"), ("2.0.0", "out_of_range"), ("1.2.3", "none")],
)
def test_ranges(tag: str, kind: str) -> None:
    assert explain_mismatch(policy(semver="1.x"), tag).kind == kind


def test_a_text_that_is_no_number() -> None:
    found = explain_mismatch(policy("^m-(.*)$", "$1", numerical=""), "m-x1")
    assert (found.kind, found.found) == ("not_numeric", "x1")


@pytest.mark.parametrize("broken", [policy("(", numerical=""), policy(semver="=="), policy()])
def test_a_broken_policy_says_so(broken: ImagePolicy) -> None:
    assert explain_mismatch(broken, "1").kind == "policy"


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:" * 400 + "a" + ")" * 400,
        "(?:(?:a{30}){30})b",
        r"^\p{Han}+$",
        "a" * 5000,
        r"(?i)straße",
        "",
        r"\bx\B",
        "(?s).\n$",
    ],
)
def test_any_pattern_has_an_answer(pattern: str) -> None:
    for tag in ("main-abc1234-1700000000", "é日", "\n", ""):
        assert explain_mismatch(policy(pattern, alphabetical=""), tag).message


def test_an_unanchored_search_reports_the_furthest_place() -> None:
    found = explain_mismatch(policy(r"-v(\d+)$", numerical=""), "app-v12x")
    assert (found.position, found.found) == (7, "x")
