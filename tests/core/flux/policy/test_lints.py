"""Each lint by the examples of its documentation: the failing one gives exactly that finding, the other none."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import yaml

from buildtool.core.flux.policy import ImagePolicy, lint
from buildtool.core.flux.policy import lints as package
from buildtool.errors import rules_image_objects, rules_policies, tags
from buildtool.errors.findings import Place, Severity
from buildtool.errors.pages import Rule
from tests.core.flux.policy.support import committed, policy

DOCS = (Path(__file__).parents[4] / "docs" / "policies.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^### (policy-[a-z-]+)\n(.*?)(?=^### |\Z)", DOCS, re.MULTILINE | re.DOTALL)
EXAMPLES = {code: re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for code, text in SECTIONS}
LINTED = (rules_image_objects, rules_policies, tags)
PLACE = Place("policies.yaml", 3, 1)


def _codes(example: str) -> list[str]:
    tags = re.search(r"^# tags: (.*)$", example, re.MULTILINE)
    read = ImagePolicy.from_spec(yaml.safe_load(example), namespace="ns", name="app", place=PLACE)
    found = lint(read, tags=tags[1].split() if tags else ())
    for finding in found:
        assert finding.place == PLACE
        assert finding.reason
        assert finding.fix
        assert "ns:app" in finding.message
    return [finding.code for finding in found]


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_failing_example_gives_that_finding_and_no_other(code: str) -> None:
    assert _codes(EXAMPLES[code][0]) == [code]


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_passing_example_gives_none(code: str) -> None:
    assert _codes(EXAMPLES[code][1]) == []


def test_every_lint_is_documented() -> None:
    """Each names its rule; docs/policies.md has a section for each."""
    folder = Path(inspect.getfile(package)).parent
    named = {word for file in folder.glob("*.py") for word in re.findall(r"\b[A-Z_]{5,}\b", file.read_text("utf-8"))}
    rules = [(name, rule) for module in LINTED for name, rule in vars(module).items() if isinstance(rule, Rule)]
    assert {rule.code for name, rule in rules if name in named} == set(EXAMPLES)


@pytest.mark.parametrize(
    ("pattern", "extract", "codes"),
    [
        (r"^.*-(?P<ts>[0-9]{10})$", "$ts", {"policy-takes-other-branch"}),
        (r"^[a-z]+-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "$ts", {"policy-takes-other-branch"}),
        (r"^(?i)main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "$ts", {"policy-takes-other-branch"}),
        (r"^main-[a-f0-9-]+-(?P<ts>[0-9]{10})$", "$ts", {"policy-takes-other-branch"}),
        (r"^main-\w+-(?P<ts>[0-9]{10})$", "$ts", set()),
        (r"^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$|^x$", "$ts", {"policy-not-numeric"}),
        (r"^release-1-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "$ts", set()),
        (r"^release-1-.+-(?P<ts>[0-9]{10})$", "$ts", {"policy-takes-other-branch"}),
        (r"\Qmain-", "", {"policy-not-anchored", "policy-not-numeric"}),
        (r".*-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "$ts", {"policy-takes-other-branch"}),
        (r"^main-[a-f0-9]{7}-(?P<ts>.*)", "$ts", {"policy-not-numeric", "policy-takes-other-branch"}),
        (r"^main-[a-f0-9]{7}-(?P<ts>[0-9]{10}).*", "$ts", {"policy-not-anchored"}),
        (r"\Amain-[a-f0-9]{7}-([0-9]{10})\z", "$1", set()),
        ("", "", {"policy-not-anchored", "policy-not-numeric"}),
    ],
)
def test_patterns(pattern: str, extract: str, codes: set[str]) -> None:
    assert {finding.code for finding in lint(policy(pattern, extract, numerical="asc"))} == codes


def test_a_known_branch_is_not_another_one() -> None:
    both = policy(r"^(?:main|main-2024)-[a-f0-9]{7}-(?P<ts>[0-9]{10})$", "$ts", numerical="asc")
    assert {finding.code for finding in lint(both, branches=["main", "main-2024"])} == set()
    assert lint(committed(), branches=["main", "master"]) == []


def test_real_tags_add_facts() -> None:
    loose = policy(r"^m-(?P<n>\w+)$", "$n", numerical="asc")
    found = {finding.code: finding for finding in lint(loose, tags=["m-1", "m-latest"])}
    assert "'m-latest'" in found["policy-not-numeric"].message
    large = policy(r"^m-(?P<n>\d+)$", "$n", numerical="asc")
    assert lint(large, tags=["m-1"]) == []
    assert [finding.code for finding in lint(large, tags=["m-9007199254740993"])] == ["policy-number-too-large"]
    ten = policy(r"^m-(?P<n>\d{1,2})$", "$n", alphabetical="asc")
    assert [finding.code for finding in lint(ten, tags=["m-10", "m-11"])] == []


def test_a_range_that_some_group_can_satisfy() -> None:
    for text in (
        "<1 >2 || ^3",
        ">1.1 <2",
        "!=1.0.0 <=1.0.1",
        ">=1.0.0-rc.1 <1.0.0",
        "0.x",
        "=1.2.3",
        ">1.0.0-a <1.0.0-b",
    ):
        assert lint(policy(semver=text)) == [], text
    for text in ("<0.0.0", "<*", ">2 <2", "=1.0.0 =2.0.0", "^1 ^2", ">1.2.3 <1.2.4"):
        assert [finding.code for finding in lint(policy(semver=text))] == ["policy-range-never"], text


def test_a_pattern_of_prereleases_under_a_range_of_releases_is_an_error() -> None:
    found = lint(policy(r"^\d+\.\d+\.\d+-rc\.\d+$", semver=">=1.0.0"))
    assert [(finding.code, finding.severity) for finding in found] == [("policy-prereleases-excluded", Severity.ERROR)]


@pytest.mark.parametrize(
    "pattern", ["(?:" * 900 + "a" + ")" * 900, "(((a?){10}){10}){10}", r"^\p{Han}*\x{10FFFF}$", "^(a|)*$"]
)
def test_hostile_patterns_are_linted_too(pattern: str) -> None:
    assert isinstance(lint(policy(pattern, "$0", alphabetical="asc"), tags=["é", "\n", "a" * 300]), list)
