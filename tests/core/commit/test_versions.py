from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.commit.versions import BY_PRECEDENCE, Version, version_of
from buildtool.core.flux.policy.version import parse_tag

# semver.org, item 11
IN_ORDER = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.9.0",
    "1.10.0",
    "2.0.0",
]
VERSIONS = st.builds(
    Version,
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 10**18 - 1),
    st.sampled_from(["", "rc.1", "rc.11", "rc.2", "alpha", "0", "x-y.7"]),
)


def test_precedence_is_that_of_the_specification() -> None:
    versions = [Version.parse(text) for text in IN_ORDER]
    assert sorted({*versions}, key=BY_PRECEDENCE) == versions
    assert [str(one) for one in versions] == IN_ORDER


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+x", "1.2.3-a..b", " 1.2.3",
             "1.2.3\n", "1.2.x", f"1.2.{10**18}", "1.2.٣", "main-abc1234-1707300000"]
)  # fmt: skip
def test_what_is_no_version(text: str) -> None:
    assert version_of(text) is None
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)


def test_no_tag_is_no_version() -> None:
    assert version_of(None) is None


@given(VERSIONS, VERSIONS)
def test_flux_reads_and_orders_them_alike(one: Version, other: Version) -> None:
    ours, theirs = parse_tag(str(one)), parse_tag(str(other))
    assert ours is not None
    assert theirs is not None
    assert ours.release == (one.major, one.minor, one.patch)
    assert ours.compare(theirs) == one.compare(other) == -other.compare(one)
    assert (one.compare(other) == 0) == (one == other)
