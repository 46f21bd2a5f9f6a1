"""Whether a policy takes a tag, and the one sentence where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.policy import Choice, FilterTags, ImagePolicy, refusal, select, takes

PATTERN = r"^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$"


def policy(pattern: str | None = PATTERN, extract: str = "$ts", **choice: str) -> ImagePolicy:
    filtered = FilterTags(pattern, extract) if pattern is not None else None
    return ImagePolicy(
        filter=filtered, choice=Choice(**(choice or {"numerical": "asc"})), namespace="flux-system", name="web"
    )


@pytest.mark.parametrize(
    ("one", "tag", "words"),
    [
        (policy(), "main-abc1234-1700000000", ""),
        (policy(), "dev-abc1234-1700000000", "'dev'"),
        (policy(), "main-abc1234-170000000", "ends where the pattern wants"),
        (policy(), "", "ends where the pattern wants"),
        (policy(None, "", semver="1.x"), "1.2.3", ""),
        (policy(None, "", semver="1.x"), "2.0.0", "outside the range '1.x'"),
        (policy(None, "", semver="1.x"), "1.2.3-rc.1", "is a prerelease"),
        (policy(None, "", semver="1.x"), "latest", "is not a version"),
        (policy(r"^main-(?P<ts>.*)$"), "main-x", "is not a number"),
        (policy("("), "main", "missing closing )"),
        (policy(None, "", alphabetical="asc"), "anything", ""),
    ],
)
def test_the_sentence(one: ImagePolicy, tag: str, words: str) -> None:
    found = refusal(one, tag)
    assert takes(one, tag) == (found == "")
    if words:
        assert found.startswith(f"ImagePolicy flux-system:web does not take the tag {tag}: ")
        assert words in found
    else:
        assert found == ""


POLICIES = st.sampled_from(
    [policy(), policy(None, "", semver="*"), policy(None, "", alphabetical="desc"), policy("[a-z]", "$1")]
)
TAGS = st.from_regex(r"\A(?:main|dev|v?1\.2)(?:[-.][0-9a-f]{1,10}){0,3}\Z")


@given(POLICIES, TAGS)
def test_what_is_refused_never_wins_among_others(one: ImagePolicy, tag: str) -> None:
    others = ["main-abc1234-1700000000", "1.2.3", "zz"]
    if refusal(one, tag) and one.filter is not None and one.filter.pattern == PATTERN:
        assert tag not in select(one, [*others, tag]).possible
    if refusal(one, tag):
        assert select(one, [tag]).winner is None
