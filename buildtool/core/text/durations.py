"""How long somebody wants to wait: `90s`, `10m`, `1h30m`, or seconds alone."""

from __future__ import annotations

import re

_DURATION = re.compile(r"(?:(?P<h>[0-9]{1,3})h)?(?:(?P<m>[0-9]{1,5})m)?(?:(?P<s>[0-9]{1,6})s?)?")
_HOUR, _MINUTE = 3600, 60
LONGEST = 24 * _HOUR


def seconds(text: str) -> int:
    """Whole seconds, from 1 to a day; raises ValueError for anything else."""
    found = _DURATION.fullmatch(text)
    if found is None or not text:
        raise ValueError("write a duration such as 90s, 10m or 1h30m")
    hours, minutes, rest = (int(found[part] or 0) for part in "hms")
    total = hours * _HOUR + minutes * _MINUTE + rest
    if not 1 <= total <= LONGEST:
        raise ValueError("write a duration from 1s to 24h")
    return total
