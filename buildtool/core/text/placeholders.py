"""Words in capitals that stand for a value in a text: HOST:PORT, PROJECT, NAME."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder that has a value replaced by it; a longer placeholder comes before a shorter."""
    known = sorted((name for name, value in values.items() if value), key=len, reverse=True)
    if not known:
        return text
    words = "|".join(re.escape(name) for name in known)
    return re.sub(rf"(?<![A-Za-z0-9_-])(?:{words})(?![A-Za-z0-9_]|:PORT)", lambda found: values[found[0]], text)
