from __future__ import annotations

import json

import pytest

from buildtool.core.flux.policy import Choice, ImagePolicy
from buildtool.usecases.policy_explain import document, explain, some
from tests.core.flux.policy.support import committed, policy

TAGS = [f"main-abc1234-17000000{n:02}" for n in range(20)]


def test_the_winner_the_five_behind_it_and_the_nearest_of_the_others() -> None:
    found = explain(committed(), [*TAGS, "main-abc1234-dirty-1700000099", "latest", "main-abc123-1700000000"])
    assert (found.total, found.matched) == (23, 20)
    assert [candidate.tag for candidate in found.best] == [TAGS[-1]]
    assert [candidate.tag for candidate in found.runners_up] == TAGS[-2:-7:-1]
    assert [miss.tag for miss in found.near] == ["main-abc123-1700000000", "main-abc1234-dirty-1700000099", "latest"]
    assert found.why == "1700000019 is the largest number (asc)"


def test_why_for_each_order() -> None:
    assert explain(policy(semver="^1"), ["1.2.0", "2.0.0"]).why == "1.2.0 is the highest version inside '^1'"
    assert explain(policy(alphabetical="desc"), ["a", "b"]).why == "'a' is first in byte order (desc)"
    assert explain(policy(alphabetical=""), ["a", "b"]).why == "'b' is last in byte order (asc)"
    assert explain(policy(numerical="desc"), ["1", "2"]).why == "1 is the smallest number (desc)"
    assert explain(policy(".*", numerical=""), ["1", "01"]).why.startswith("2 tags tie")
    assert "no tags in database" in explain(policy(numerical=""), []).why


def test_the_document_is_json_with_stable_keys() -> None:
    read = json.loads(json.dumps(document(explain(committed(), [*TAGS, "x"]))))
    assert list(read) == [
        *(
            "schema",
            "policy",
            "place",
            "pattern",
            "extract",
            "choice",
            "tags",
            "matched",
            "latest",
            "extracted",
            "possible_latest",
        ),
        *("error", "error_class", "why", "warnings", "equal", "excluded", "lints", "runners_up", "near_misses"),
    ]
    assert read["near_misses"][0]["position"] == 0


def test_a_hundred_thousand_tags_that_all_miss() -> None:
    found = explain(committed(), (f"dev-{n}" for n in range(100_000)))
    assert found.matched == 0
    assert len(found.near) == 5


def test_a_broken_policy_is_explained_too() -> None:
    found = explain(ImagePolicy(choice=Choice()), ["a"])
    assert found.selection.error is not None
    assert found.near[0].kind == "policy"


def test_a_tie_without_a_filter_is_certain_and_said() -> None:
    numbers = explain(policy(numerical=""), ["1", "01", "1.0", "0"])
    assert numbers.why == (
        "1 is the largest number (asc); 1, 1.0 are equal to it, and Flux takes the byte-smallest of equals"
    )
    versions = explain(policy(semver="*"), ["1.0.0", "v1.0.0"])
    assert versions.why.endswith("; 1.0.0 is equal to it, and Flux takes the byte-largest of equals")
    assert "equal" not in explain(policy(numerical=""), ["1", "2"]).why


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"^main-(?P\w+)$", r"The group (?P\w+) has lost its name"),
        (r"^(?P[0-9]+)$", "write (?P<ts>[0-9]+)"),
        (r"^(?[0-9]+)$", "write (?P<ts>[0-9]+)"),
        (r"^(?\d+)$", r"write (?P<ts>\d+)"),
    ],
)
def test_a_group_that_lost_its_name(pattern: str, words: str) -> None:
    found = explain(policy(pattern, "$ts", numerical=""), ["main-1"])
    assert words in found.why
    assert [one.code for one in found.lints] == ["policy-invalid-pattern"]
    assert words in found.lints[0].message


@pytest.mark.parametrize("pattern", [r"(?<!x)a", r"\(?P(", "a(", r"\Q(?P\E("])
def test_a_group_that_lost_nothing(pattern: str) -> None:
    found = explain(policy(pattern, "$ts", numerical=""), ["a"])
    assert found.selection.error is not None
    assert "lost" not in found.why


def test_what_check_says_about_the_order_is_shown() -> None:
    found = explain(policy(numerical="desc"), ["1"])
    assert [one.code for one in found.lints] == ["policy-descending"]
    assert document(found)["lints"][0]["message"] == found.lints[0].message


def test_a_list_ends_in_how_many_more_there_are() -> None:
    assert some(["a", "b"], 2) == "a, b"
    assert some(["a", "b", "c", "d"], 2) == "a, b and 2 more"
