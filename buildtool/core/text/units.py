"""Sizes in bytes -> text for people (`12.3 MB`)."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000


def size(count: float) -> str:
    """Bytes in powers of 1000, as registries show them."""
    for unit in _UNITS[:-1]:
        if count < _STEP:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= _STEP
    return f"{count:.1f} {_UNITS[-1]}"
