"""Harbor's refusal of a pull (412, PROJECTPOLICYVIOLATION) -> the state of the vulnerability scan."""

from __future__ import annotations

import re
from enum import Enum

_STATUS = re.compile(r'with "(\w+)" status of vulnerability scanning')
_UNDER_WAY = ("Pending", "Running", "Scheduled", "Queued")
_FOUND = re.compile(r"with \d+ vulnerabilit(y|ies)")


class ScanState(Enum):
    """The state of a scan; `fix` is what to do about it."""

    RUNNING = "wait until it has ended"
    MISSING = "Harbor: project, Configuration: set `Automatically scan images on push`, or allow vulnerable images"
    FAILED = "Harbor: the repository, Artifacts: see why the scan failed, and scan it again"
    VULNERABLE = "correct the vulnerabilities, or ask the project's administrator to put them on the CVE allowlist"

    @property
    def fix(self) -> str:
        return self.value


def scan_of(words: str) -> ScanState:
    """The state, from Harbor's message; `RUNNING` for an unknown message, so that the caller asks again."""
    if _FOUND.search(words):
        return ScanState.VULNERABLE
    status = _STATUS.search(words)
    if status is not None:
        return ScanState.RUNNING if status[1] in _UNDER_WAY else ScanState.FAILED
    return ScanState.MISSING if "without vulnerability scanning" in words else ScanState.RUNNING
