"""Retries with growing pauses, jitter and a deadline; each is reported to the user."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

import tenacity

from buildtool.adapters.registry.http.failures import HealableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.adapters.registry.http.limits import Limits

T = TypeVar("T")
_JITTER = tenacity.wait_exponential(multiplier=0.5, max=8) + tenacity.wait_random(0, 0.5)


class Clock(Protocol):
    def now(self) -> int: ...

    def sleep(self, seconds: float) -> None: ...


class Retries:
    """Runs one operation until it works, a retry cannot help, or its time is over; then raises its last error."""

    def __init__(self, limits: Limits, clock: Clock, on_retry: Callable[[str], None]) -> None:
        self.limits = limits
        self._clock = clock
        self._on_retry = on_retry

    def run(self, operation: Callable[[], T], *, total: float | None = None) -> T:
        budget = total or self.limits.total
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(HealableError),
            wait=_pause,
            stop=lambda state: self._over(state, budget),
            sleep=self._clock.sleep,
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            return retrying(operation)
        except HealableError as last:
            raise last.error from last

    def _over(self, state: tenacity.RetryCallState, budget: float) -> bool:
        # `idle_for` counts the pauses also where a test's clock does not really sleep
        spent = max(state.seconds_since_start or 0.0, state.idle_for)
        return state.attempt_number >= self.limits.attempts or spent + state.upcoming_sleep > budget

    def _tell(self, state: tenacity.RetryCallState) -> None:
        failure = _failure(state)
        if failure is not None:
            again = f"trying again in {state.upcoming_sleep:.1f} s ({state.attempt_number} of {self.limits.attempts})"
            self._on_retry(f"{failure.error.place}: {failure.error.message}; {again}")


def _pause(state: tenacity.RetryCallState) -> float:
    failure = _failure(state)
    pause: float = _JITTER(state)
    return max(failure.wait, 0.0) if failure is not None and failure.wait is not None else pause


def _failure(state: tenacity.RetryCallState) -> HealableError | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, HealableError) else None


def retry_after(value: str | None, now: int) -> float | None:
    """`Retry-After` in seconds from now; it comes as seconds or as a date. None where it is neither."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
