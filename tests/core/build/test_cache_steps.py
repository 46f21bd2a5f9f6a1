"""Steps of BuildKit about layer caches; names and errors were seen with BuildKit 0.13 (docker 26) and 0.32."""

from __future__ import annotations

import pytest

from buildtool.core.build.cache_steps import cache_trouble, writes_cache

READS = "importing cache manifest from r.example/web:buildcache"
WRITES = "exporting cache to registry"
REFUSED = 'failed to do request: Head "https://r.example/v2/": dial tcp 127.0.0.1:1: connect: connection refused'


@pytest.mark.parametrize("prefix", ["", "[web] "])
def test_a_cache_that_is_not_there_yet_is_nothing_to_tell(prefix: str) -> None:
    error = "failed to configure registry cache importer: r.example/web:buildcache: not found"
    assert cache_trouble(prefix + READS, error) == ""


@pytest.mark.parametrize("step", [READS, WRITES])
def test_a_step_that_was_ended_for_another_is_nothing_to_tell(step: str) -> None:
    assert cache_trouble(step, "context canceled") == ""


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (READS, "the layer cache r.example/web:buildcache could not be read, so nothing was taken from it: failed to"),
        (f"[web] {WRITES}", "the layer cache could not be written (registry), so later builds have no use of it: "),
        ("exporting cache to client directory", "could not be written (client directory)"),
    ],
)
def test_what_went_wrong_with_a_cache(step: str, words: str) -> None:
    found = cache_trouble(step, REFUSED)
    assert found is not None
    assert words in found
    assert found.endswith("connection refused")


def test_a_cache_that_cannot_be_written_because_something_is_not_found() -> None:
    """Only for reading it is normal."""
    assert cache_trouble(WRITES, "error writing layer blob: not found")


def test_a_long_error_is_cut() -> None:
    assert len(cache_trouble(READS, "x" * 5000) or "") < 700


@pytest.mark.parametrize("step", ["[web 2/3] RUN make", "exporting to image", "[2/2] RUN echo exporting cache to x"])
def test_other_steps_fail_as_they_did(step: str) -> None:
    assert cache_trouble(step, REFUSED) is None
    assert not writes_cache(step)


def test_which_steps_write() -> None:
    assert [writes_cache(step) for step in (WRITES, f"[web] {WRITES}", READS)] == [True, True, False]
