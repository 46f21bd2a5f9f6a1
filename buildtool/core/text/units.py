"""Sizes in bytes -> text for people (`12.3 MB`)."""

from __future__ import annotations

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000


def size(count: float) -> str:
    """Bytes in powers of 1000, as registries show them."""
    for unit in _UNITS[:-1]:
        if count < _STEP:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= _STEP
    return f"{count:.1f} {_UNITS[-1]}"


def age(seconds: int) -> str:
    """How long ago, in the greatest whole unit: `3 d`, `5 h`, `12 min`, `40 s`; a time in the future is `0 s`."""
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(0, seconds)} s"


def counted(count: int, noun: str) -> str:
    """A number and its noun, such as "1 file" or "2 files"; for nouns whose plural has an s."""
    return f"{count} {noun}{'s' * (count != 1)}"
