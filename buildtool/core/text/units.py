"""Sizes and times -> text for people (`12.3 MB`, `3 d`), and unix seconds -> a date."""

from __future__ import annotations

from datetime import UTC, datetime

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000
_LAST_SECOND = 253_402_300_799  # of the year 9999, after which RFC 3339's dates end


def size(count: float) -> str:
    """Bytes in powers of 1000, as registries show them."""
    for unit in _UNITS[:-1]:
        if round(count, 0 if unit == "B" else 1) < _STEP:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= _STEP
    return f"{count:.1f} {_UNITS[-1]}"


def date(seconds: int) -> datetime | None:
    """The date of unix seconds, in UTC; None for what is no such time: tags may count in milliseconds."""
    return datetime.fromtimestamp(seconds, UTC) if 0 <= seconds <= _LAST_SECOND else None


def age(seconds: int) -> str:
    """How long ago, in the greatest whole unit: `3 d`, `5 h`, `12 min`, `40 s`; a time in the future is `0 s`."""
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(0, seconds)} s"


def counted(count: int, noun: str) -> str:
    """A number and its noun, such as "1 file" or "2 files"; for nouns whose plural has an s."""
    return f"{count} {noun}{'s' * (count != 1)}"
