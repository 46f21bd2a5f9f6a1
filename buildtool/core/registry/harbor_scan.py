"""What Harbor's refusal to hand out an image says about its vulnerability scan (412, PROJECTPOLICYVIOLATION)."""

from __future__ import annotations

import re
from enum import Enum

_STATUS = re.compile(r'with "(\w+)" status of vulnerability scanning')
_UNDER_WAY = ("Pending", "Running", "Scheduled", "Queued")
_FOUND = re.compile(r"with \d+ vulnerabilit(y|ies)")


class ScanState(Enum):
    """How far it is; `fix` says what to do about it."""

    RUNNING = "wait until it has ended"
    MISSING = "Harbor: project, Configuration: set `Automatically scan images on push`, or allow vulnerable images"
    FAILED = "Harbor: the repository, Artifacts: see why the scan failed, and scan it again"
    VULNERABLE = "mend what was found, or let the project's administrator put it on the CVE allowlist"

    @property
    def fix(self) -> str:
        return self.value


def scan_of(words: str) -> ScanState:
    """The state by Harbor's words; `RUNNING` for words that are not known, which a later look may change."""
    if _FOUND.search(words):
        return ScanState.VULNERABLE
    status = _STATUS.search(words)
    if status is not None:
        return ScanState.RUNNING if status[1] in _UNDER_WAY else ScanState.FAILED
    return ScanState.MISSING if "without vulnerability scanning" in words else ScanState.RUNNING
