from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.limits import Limits
from buildtool.adapters.registry.http.retry import Retries, retry_after
from buildtool.errors import REGISTRY_FAILED, BuildtoolError
from tests.support.clock import PatientClock

ERROR = BuildtoolError(REGISTRY_FAILED, "it answered 503", place="GET http://h/v2/")


class Flaky:
    """Fails `times` times, then works."""

    def __init__(self, times: int, wait: float | None = None) -> None:
        self.left = times
        self.wait = wait

    def __call__(self) -> str:
        if self.left:
            self.left -= 1
            raise HealableError(ERROR, wait=self.wait)
        return "done"


def run(flaky: Flaky, total: float | None = None) -> tuple[str, list[float], list[str]]:
    clock, said = PatientClock(), list[str]()
    return Retries(Limits(), clock, said.append).run(flaky, total=total), clock.slept, said


def test_pauses_grow_and_are_told() -> None:
    result, slept, said = run(Flaky(3))
    assert result == "done"
    assert [low <= pause <= low + 0.5 for low, pause in zip([0.5, 1.0, 2.0], slept, strict=True)] == [True] * 3
    assert said[0].startswith("GET http://h/v2/: it answered 503; trying again in ")
    assert said[0].endswith("s (1 of 6)")


def test_it_gives_up_with_the_last_failure() -> None:
    with pytest.raises(BuildtoolError) as caught:
        run(Flaky(99))
    assert caught.value is ERROR


def test_the_server_says_how_long() -> None:
    _, slept, _ = run(Flaky(2, wait=7.0))
    assert slept == [7.0, 7.0]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    clock = PatientClock()
    with pytest.raises(BuildtoolError):
        Retries(Limits(), clock, str).run(Flaky(1, wait=3600.0))  # type: ignore[arg-type]
    assert clock.slept == []


def test_the_deadline_counts_all_pauses() -> None:
    clock = PatientClock()
    with pytest.raises(BuildtoolError):
        Retries(Limits(attempts=100), clock, str).run(Flaky(99, wait=4.0), total=10)  # type: ignore[arg-type]
    assert clock.slept == [4.0, 4.0]


def test_what_cannot_heal_is_tried_once() -> None:
    tried = []

    def refuse() -> None:
        tried.append(1)
        raise ERROR

    with pytest.raises(BuildtoolError):
        Retries(Limits(), PatientClock(), str).run(refuse)  # type: ignore[arg-type]
    assert tried == [1]


NOW = 1_707_300_000


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        (format_datetime(datetime.fromtimestamp(NOW + 30, UTC), usegmt=True), 30.0),
        (format_datetime(datetime.fromtimestamp(NOW - 30, UTC), usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("9" * 5000, float("inf")),
        ("Mon, 99 Foo 99999 99:99:99 GMT", None),
    ],
)
def test_retry_after(value: str | None, wanted: float | None) -> None:
    assert retry_after(value, NOW) == wanted
