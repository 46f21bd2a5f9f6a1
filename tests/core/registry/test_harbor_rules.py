from __future__ import annotations

import pytest

from buildtool.core.registry.doublestar import PatternError
from buildtool.core.registry.harbor_rules import Selector, TagRule, is_immutable


def test_a_selector_takes_names() -> None:
    assert Selector("master-*").takes("master-1")
    assert not Selector("master-*", excludes=True).takes("master-1")
    assert Selector("").takes("anything")
    assert not Selector("", excludes=True).takes("anything")
    with pytest.raises(PatternError):
        Selector("[").takes("a")


@pytest.mark.parametrize(
    ("selector", "tags", "wanted"),
    [
        (Selector("a"), ("b", "a"), True),
        (Selector("a"), ("b",), False),
        (Selector("a", excludes=True), ("a", "b"), True),
        (Selector("a", excludes=True), ("a",), False),
        (Selector("a"), (), True),
        (Selector("a", untagged=False), (), False),
        (Selector("a", untagged=True), (), True),
        (Selector("a", excludes=True), (), True),
        (Selector("a", excludes=True, untagged=True), (), False),
        (Selector("a", excludes=True, untagged=False), (), True),
    ],
)
def test_a_selector_takes_artifacts(selector: Selector, tags: tuple[str, ...], wanted: bool) -> None:  # noqa: FBT001
    assert selector.takes_any(tags) is wanted


def immutable(*rules: TagRule, repository: str = "frontend", tag: str = "master-1") -> bool:
    return is_immutable(rules, repository, tag)


def test_a_rule_forbids_a_tag_of_a_repository() -> None:
    rule = TagRule("immutable_template", (Selector("master-*"),), (Selector("front*"),))
    assert immutable(rule)
    assert not immutable(rule, repository="backend")
    assert not immutable(rule, tag="unproven")
    assert immutable(TagRule("i", (Selector("x"),)), rule)


def test_of_several_selectors_the_first_counts() -> None:
    assert immutable(TagRule("i", (Selector("master-*"), Selector("other"))))
    assert not immutable(TagRule("i", (Selector("other"), Selector("master-*"))))
    assert not immutable(TagRule("i", ()))
    assert not immutable(TagRule("i", repositories=()))


def test_a_malformed_rule_forbids_nothing() -> None:
    assert not immutable(TagRule("i", (Selector("["),)))
    assert immutable(TagRule("i", (Selector("["),)), TagRule("i"))
