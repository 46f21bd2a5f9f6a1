"""The form of a page, and what is made from it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from buildtool.errors import Exit
from buildtool.errors.catalogue import pages
from buildtool.errors.findings import Finding, Place, Severity
from buildtool.errors.pages import FluxAnswer, Kind, Page, Rule, rules_in

WORDS: dict[str, Any] = {
    "code": "a-code",
    "title": "a title",
    "meaning": "what it is.",
    "reason": "why.",
    "fix": "do it",
}
PLACE = Place("a.yaml", 2, 3)


def test_a_finding_has_the_words_of_its_rule() -> None:
    rule = Rule(**WORDS, severity=Severity.WARNING)
    assert rule.at(PLACE, "here") == Finding("a-code", Severity.WARNING, "here", "why.", "do it", PLACE)


def test_a_finding_may_have_a_more_exact_fix_and_another_severity() -> None:
    found = Rule(**WORDS).at(None, "here", fix="do this", severity=Severity.NOTE)
    assert (found.fix, found.severity, found.place) == ("do this", Severity.NOTE, None)


def test_the_outcome_is_the_exit_code_or_the_severity() -> None:
    assert Kind(**WORDS, exit=Exit.PROOF).outcome == "exit code 15"
    assert Rule(**WORDS).outcome == "error"
    assert FluxAnswer(**WORDS).outcome == "answer of Flux"


def test_every_page_is_of_a_sort_that_has_an_outcome() -> None:
    with pytest.raises(TypeError, match="outcome"):
        Page(**WORDS)  # type: ignore[abstract]
    assert all(page.outcome for page in pages())


def test_the_rules_of_a_module_in_its_order() -> None:
    module = ModuleType("family")
    first, second = Rule(**WORDS | {"code": "z"}), Rule(**WORDS | {"code": "a"})
    vars(module).update(SECOND=first, FIRST=second, KIND=Kind(**WORDS, exit=Exit.NO), other=1)
    assert rules_in(module) == {"z": first, "a": second}
    assert list(rules_in(module)) == ["z", "a"]
