from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import TagConfig
from buildtool.core.commit.checkout import Head
from buildtool.core.commit.ci import CiFacts
from buildtool.core.commit.naming import build_facts, sample_tag, tag_of
from buildtool.core.commit.tags import BuildFacts, parse_tag, sanitise
from buildtool.errors import BRANCH_COLLISION, BuildtoolError

SHA = "abc1234def5678900987654321fedcbaabc1234d"


def test_a_checkout_becomes_a_tag() -> None:
    facts = build_facts(Head(SHA, "feature/x", dirty=True), CiFacts(), TagConfig(9), flag=None, time=5)
    assert facts == BuildFacts("feature/x", "HEAD", SHA, 5, dirty=True)
    assert tag_of(facts, TagConfig(9)).text == "feature-x-abc1234de-dirty-5"


def test_a_branch_that_makes_the_tags_of_another_deploy_branch() -> None:
    rules = TagConfig(branches=("release-1", "main"))
    facts = build_facts(Head(SHA, "release/1"), CiFacts(), rules, flag=None, time=5)
    with pytest.raises(BuildtoolError) as caught:
        tag_of(facts, rules)
    assert caught.value.kind is BRANCH_COLLISION
    same = build_facts(Head(SHA, "release-1"), CiFacts(), rules, flag=None, time=5)
    assert tag_of(same, rules).branch == "release-1"


def test_without_a_commit_there_is_no_tag() -> None:
    with pytest.raises(ValueError, match="without a commit"):
        build_facts(Head(None, "main"), CiFacts(), TagConfig(), flag=None, time=5)


@given(st.text(min_size=1, max_size=100), st.integers(7, 40))
def test_a_sample_is_a_tag_of_ours(branch: str, length: int) -> None:
    parsed = parse_tag(sample_tag(branch, length))
    assert parsed is not None
    assert (len(parsed.sha), parsed.dirty) == (length, False)
    assert sanitise(branch).startswith(parsed.branch)
