"""What a test needs from the machine: missing on a laptop, the test is skipped; missing in CI, it fails."""

from __future__ import annotations

import os

import pytest

# Read once, at import: the guard in conftest.py takes CI variables away from tests.
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}


def need(condition: object, reason: str) -> None:
    """Go on where the condition holds; `reason` says what is missing and what to type."""
    if condition:
        return
    if IN_CI:
        pytest.fail(f"CI lacks a part: {reason}", pytrace=False)
    pytest.skip(reason)
