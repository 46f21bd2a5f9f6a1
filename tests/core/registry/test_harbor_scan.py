from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.registry.harbor_scan import Scan, scan_of

END = ' cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "High" or higher …'


@pytest.mark.parametrize(
    ("words", "scan"),
    [
        ("current image without vulnerability scanning", Scan.MISSING),
        ('current image with "Pending" status of vulnerability scanning', Scan.RUNNING),
        ('current image with "Running" status of vulnerability scanning', Scan.RUNNING),
        ('current image with "Error" status of vulnerability scanning', Scan.FAILED),
        ('current image with "Stopped" status of vulnerability scanning', Scan.FAILED),
        ("current image with 1 vulnerability", Scan.VULNERABLE),
        ("current image with 12 vulnerabilities", Scan.VULNERABLE),
        ("something a newer Harbor says", Scan.RUNNING),
    ],
)
def test_harbors_words(words: str, scan: Scan) -> None:
    assert scan_of(f"it answered 412 (PROJECTPOLICYVIOLATION: {words}{END})") is scan
    assert scan.fix


@given(st.text())
def test_any_words(words: str) -> None:
    assert scan_of(words) in Scan
