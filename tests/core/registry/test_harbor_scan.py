from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.harbor_scan import ScanState, scan_of

END = ' cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "High" or higher …'


@pytest.mark.parametrize(
    ("words", "scan"),
    [
        ("current image without vulnerability scanning", ScanState.MISSING),
        ('current image with "Pending" status of vulnerability scanning', ScanState.RUNNING),
        ('current image with "Running" status of vulnerability scanning', ScanState.RUNNING),
        ('current image with "Error" status of vulnerability scanning', ScanState.FAILED),
        ('current image with "Stopped" status of vulnerability scanning', ScanState.FAILED),
        ("current image with 1 vulnerability", ScanState.VULNERABLE),
        ("current image with 12 vulnerabilities", ScanState.VULNERABLE),
        ("something a newer Harbor says", ScanState.RUNNING),
    ],
)
def test_harbors_words(words: str, scan: ScanState) -> None:
    assert scan_of(f"it answered 412 (PROJECTPOLICYVIOLATION: {words}{END})") is scan
    assert scan.fix


@given(st.text())
def test_any_words(words: str) -> None:
    assert scan_of(words) in ScanState
