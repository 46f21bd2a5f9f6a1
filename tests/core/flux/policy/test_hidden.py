from __future__ import annotations

from typing import Any

import pytest

from buildtool.core.flux.hidden_tag import Hidden, candidate
from buildtool.core.flux.policy import ImagePolicy
from buildtool.core.flux.policy.hidden import judge
from buildtool.errors import CONFIG_INVALID, ROLLBACK_VISIBLE_MARK
from buildtool.errors.findings import Place, Severity

PLACE = Place("web.yaml", 7)
NUMERICAL: dict[str, Any] = {"numerical": {"order": "asc"}}
ALPHABETICAL: dict[str, Any] = {"alphabetical": {}}


def policy(order: dict[str, Any], pattern: str = "", extract: str = "$ts") -> ImagePolicy:
    tags = {"filterTags": {"pattern": pattern, "extract": extract}} if pattern else {}
    return ImagePolicy.from_spec({"policy": order, **tags}, namespace="n", name="p", place=PLACE)


@pytest.mark.parametrize(
    ("order", "pattern", "tag", "does"),
    [
        (NUMERICAL, r"^main-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$", "unproven", ""),
        (NUMERICAL, r"^main-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$", "main-abc1234-1700000000", "takes"),
        (ALPHABETICAL, "", "unproven", "takes"),
        (ALPHABETICAL, "^(?P<ts>main-.*)$", "unproven", ""),
        (NUMERICAL, "^(?P<ts>.+)$", "unproven", "fails on"),
        (NUMERICAL, "", "unproven", "fails on"),
        (NUMERICAL, "", "1700000000", "takes"),
        ({"semver": {"range": "*"}}, "", "unproven", ""),
        ({"semver": {"range": "*"}}, "", "1.2.3", "takes"),
        (NUMERICAL, "(", "unproven", ""),
        ({}, "", "unproven", ""),
    ],
)
def test_a_tag_that_flux_must_never_deploy(order: dict[str, Any], pattern: str, tag: str, does: str) -> None:
    found = list(judge(candidate(tag), [policy(order, pattern)]))
    assert [(one.code, one.severity, one.place) for one in found] == [
        (CONFIG_INVALID.code, Severity.ERROR, PLACE)
    ] * bool(does)
    assert all(f"n:p {does} the tag {tag!r} of push.candidate_tag" in one.message for one in found)
    assert all("set push.candidate_tag to a tag that no policy takes" in one.fix for one in found)


def test_every_policy_is_named() -> None:
    takes_all = policy(ALPHABETICAL)
    assert len(list(judge(candidate("unproven"), [takes_all, policy(NUMERICAL, "^(?P<ts>[0-9]+)$"), takes_all]))) == 2


def test_a_mark_is_another_failure() -> None:
    [found] = judge(Hidden("a mark", "rolled-back-x", "it is bad"), [policy(ALPHABETICAL)], ROLLBACK_VISIBLE_MARK)
    assert (found.code, found.fix) == (ROLLBACK_VISIBLE_MARK.code, ROLLBACK_VISIBLE_MARK.fix)
    assert found.sentence == "ImagePolicy n:p takes the tag 'rolled-back-x' of a mark: it is bad"
