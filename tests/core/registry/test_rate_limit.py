from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.rate_limit import duration, read_limit

NOW = 1_764_000_000  # 2025-11-24 16:00:00 UTC
HUB = {"RateLimit-Limit": "100;w=21600", "ratelimit-remaining": "0;w=21600", "Docker-RateLimit-Source": "203.0.113.7"}


def test_docker_hub() -> None:
    found = read_limit(HUB, NOW, 5400.0)
    assert (found.limit, found.window, found.remaining, found.source) == (100, 21600, 0, "203.0.113.7")
    assert found.is_told
    assert found.is_used_up
    assert found.counts_addresses
    assert found.words(NOW) == (
        "100 requests in 6 h for 203.0.113.7, 0 left; again in 1 h 30 min, from 2025-11-24 17:30:00 UTC"
    )


def test_without_a_time_that_is_said() -> None:
    found = read_limit(HUB, NOW, None)
    assert found.wait is None
    assert found.words(NOW).endswith("0 left; it does not say when to try again")
    assert read_limit({}, NOW, None).words(NOW) == "it does not say when to try again"


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("203.0.113.7", True),
        ("2001:db8::7", True),
        ("dead2bad-beef-4711-8888-000000000000", False),
        ("builder", False),
        ("", False),
        ("deadbeef", False),
        ("\x1b[31m203.0.113.7", False),
        ("a" * 100, False),
    ],
)
def test_who_is_counted(source: str, address: bool) -> None:  # noqa: FBT001
    found = read_limit({"docker-ratelimit-source": source}, NOW, None)
    assert found.counts_addresses is address
    assert found.source in {source, ""}
    assert found.source.isprintable()


@pytest.mark.parametrize(
    ("headers", "wait", "found"),
    [
        ({}, 30.0, 30.0),
        ({"X-Retry-After": str(NOW + 90)}, None, 90.0),
        ({"X-Retry-After": str(NOW + 90)}, 5.0, 5.0),
        ({"RateLimit-Reset": str(NOW - 5)}, None, 0.0),
        ({"RateLimit-Reset": "40"}, None, 40.0),
        ({"RateLimit-Reset": "soon"}, None, None),
        ({"RateLimit-Reset": "9" * 400}, None, None),
        ({"X-Retry-After": str(NOW + 10**10)}, None, None),
        ({}, float("inf"), None),
        ({}, float("nan"), None),
    ],
)
def test_when_to_try_again(headers: dict[str, str], wait: float | None, found: float | None) -> None:
    limit = read_limit(headers, NOW, wait)
    assert limit.wait == found
    assert ("again in" in limit.words(NOW)) == (found is not None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.2, "1 s"), (59, "59 s"), (60, "1 min"), (90061, "1 d 1 h"), (21600, "6 h"), (3601, "1 h 1 s")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@given(
    st.dictionaries(
        st.sampled_from([*HUB, "x-retry-after", "RateLimit-Reset", "X-RateLimit-Limit"]), st.text(max_size=300)
    ),
    st.one_of(st.none(), st.floats()),
)
def test_any_headers(headers: dict[str, str], wait: float | None) -> None:
    found = read_limit(headers, NOW, wait)
    assert found.words(NOW).isprintable()
    assert found.wait is None or found.wait >= 0
