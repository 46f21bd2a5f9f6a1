from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.harbor_documents import artifacts, rules
from buildtool.core.registry.harbor_rules import NEVER, Artifact, Selector, TagRule

TAGS = {"kind": "doublestar", "decoration": "matches", "pattern": "a*"}
REPOSITORY = {"kind": "doublestar", "decoration": "repoExcludes", "pattern": "web"}
RULE: dict[str, Any] = {
    "template": "latestPushedK",
    "params": {"latestPushedK": 3},
    "tag_selectors": [TAGS],
    "scope_selectors": {"repository": [REPOSITORY]},
}


def test_a_rule() -> None:
    wanted = TagRule("latestPushedK", (Selector("a*"),), (Selector("web", excludes=True),), 3)
    assert rules([RULE]) == (wanted,)
    assert rules([RULE | {"disabled": True}, RULE | {"disabled": False}]) == (wanted,)


@pytest.mark.parametrize(
    ("extras", "wanted"),
    [
        ('{"untagged": true}', True),
        ('{"untagged": false}', False),
        ("{}", False),
        ("", None),
        ("[]", None),
        ("{", None),
        ('{"untagged": 1}', None),
        ("[" * 99_999, None),
    ],
)
def test_whether_artifacts_without_tags_count(extras: str, wanted: bool | None) -> None:  # noqa: FBT001
    (rule,) = rules([RULE | {"tag_selectors": [TAGS | {"extras": extras}]}])
    assert rule.tags == (Selector("a*", untagged=wanted),)


@pytest.mark.parametrize(
    ("value", "wanted"), [(3, 3), (3.9, 3), ("3", None), (True, None), (None, None), (1e300, None)]
)
def test_amounts(value: object, wanted: int | None) -> None:
    (rule,) = rules([RULE | {"params": {"latestPushedK": value, "other": 7}}])
    assert rule.amount == wanted


@pytest.mark.parametrize(
    "change",
    [
        {"tag_selectors": [TAGS | {"kind": "label"}]},
        {"tag_selectors": [TAGS | {"decoration": "repoMatches"}]},
        {"scope_selectors": {"repository": [REPOSITORY | {"decoration": "nsMatches"}]}},
    ],
)
def test_a_selector_of_another_kind_makes_the_rule_an_unknown_one(change: dict[str, Any]) -> None:
    (rule,) = rules([RULE | change])
    assert rule.template == "latestPushedK with a selector of another kind"


def test_an_artifact_has_the_newest_of_its_times() -> None:
    document = {
        "digest": "sha256:a",
        "push_time": "1970-01-01T00:00:10.999Z",
        "pull_time": "0001-01-01T00:00:00.000Z",
        "tags": [
            {"name": "a", "push_time": "1970-01-01T00:00:30.001Z", "immutable": True},
            {"name": "b", "push_time": "1970-01-01T00:00:20Z", "pull_time": "1970-01-01T01:00:00+01:00"},
        ],
    }
    assert artifacts([document]) == (Artifact("sha256:a", ("a", "b"), 30, 0, immutable=True),)
    assert artifacts([{"digest": "sha256:b", "tags": None, "push_time": "soon"}]) == (
        Artifact("sha256:b", (), NEVER, NEVER),
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*RULE, *TAGS, "digest", "tags", "push_time", "repository"]), inner, max_size=4
        )
    ),
    max_leaves=9,
)


@given(JSON)
def test_any_document_is_read_or_left_out(document: object) -> None:
    assert all(isinstance(one, TagRule) for one in rules(document) + rules([document]))
    assert all(isinstance(one, Artifact) for one in artifacts(document) + artifacts([document]))
