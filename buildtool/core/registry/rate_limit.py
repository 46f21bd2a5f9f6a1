"""An answer `429 Too Many Requests` -> whose limit it is, what is left of it, and when to try again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# `100;w=21600`: so many requests in so many seconds (the draft of the IETF that Docker Hub follows).
_LIMIT = re.compile(r"\s*([0-9]{1,12})\s*(?:;.{0,100}?\bw=([0-9]{1,9}))?")
_ADDRESS = re.compile(r"[0-9a-fA-F.:]{2,45}")
_LONGEST_WAIT = 366 * 86400
_EPOCH = 10**9  # a smaller number is seconds from now, a greater one the time itself
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What the headers tell, each None or "" where they do not: `limit` requests in `window` seconds, and `remaining`.

    `source` is who is counted: an address where nobody is logged in, else an account. `wait` is seconds from now.
    """

    limit: int | None = None
    window: int | None = None
    remaining: int | None = None
    source: str = ""
    wait: float | None = None

    @property
    def is_told(self) -> bool:
        return self.limit is not None or self.remaining is not None

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left, so that a try before the time that was told is in vain."""
        return self.remaining == 0

    @property
    def counts_addresses(self) -> bool:
        return _ADDRESS.fullmatch(self.source) is not None and any(mark in self.source for mark in ".:")

    def words(self, now: int) -> str:
        """What is known: `100 requests in 6 h for 203.0.113.7, 0 left; again in 1 h, from 2026-11-25 14:32:00 UTC`."""
        window = f" in {duration(self.window)}" if self.window else ""
        parts = [f"{self.limit} requests{window}"] if self.limit is not None else []
        if parts and self.source:
            parts[0] += f" for {self.source}"
        parts += [f"{self.remaining} left"] if self.remaining is not None else []
        known = ", ".join(parts)
        return "; ".join(part for part in (known, self.again(now)) if part)

    def again(self, now: int) -> str:
        if self.wait is None:
            return "it does not say when to try again"
        time = datetime.fromtimestamp(now + self.wait, UTC)
        return f"again in {duration(self.wait)}, from {time:%Y-%m-%d %H:%M:%S} UTC"


def read_limit(headers: Mapping[str, str], now: int, wait: float | None) -> RateLimit:
    """The limit that the headers of an answer tell. `wait` is what Retry-After asks for, in seconds from now.

    Without it `X-Retry-After` (Docker Hub's web API) and `RateLimit-Reset` (GitLab) count, as a time or as seconds.
    """
    told = {name.lower(): value for name, value in headers.items()}
    limit, window = _read(_first(told, "ratelimit-limit", "x-ratelimit-limit"))
    remaining, window_left = _read(_first(told, "ratelimit-remaining", "x-ratelimit-remaining"))
    if wait is None:
        wait = _moment(_first(told, "x-retry-after", "ratelimit-reset", "x-ratelimit-reset"), now)
    source = told.get("docker-ratelimit-source", "")
    source = source if source.isascii() and source.isprintable() and len(source) <= 64 else ""  # noqa: PLR2004
    return RateLimit(limit, window or window_left, remaining, source, wait if _is_sane(wait) else None)


def duration(seconds: float) -> str:
    """`6 h`, `1 h 30 min`, `45 s`: the two greatest units, rounded up to seconds."""
    left, parts = max(0, -int(-seconds // 1)), []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2]) or "0 s"


def _first(told: Mapping[str, str], *names: str) -> str:
    return next((told[name] for name in names if name in told), "")


def _read(value: str) -> tuple[int | None, int | None]:
    found = _LIMIT.match(value[:200])
    return (int(found[1]), int(found[2]) if found[2] else None) if found else (None, None)


def _moment(value: str, now: int) -> float | None:
    if not re.fullmatch(r"[0-9]{1,12}", value.strip()):
        return None
    number = int(value)
    return float(max(0, number - now) if number >= _EPOCH else number)


def _is_sane(wait: float | None) -> bool:
    return wait is not None and 0 <= wait <= _LONGEST_WAIT
