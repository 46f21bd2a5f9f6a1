from __future__ import annotations

import pytest

from buildtool.core.flux.k3s import endpoints

HOST = "192.168.0.40:5000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("text", None),
        ("- list", None),
        ("mirrors:\n", None),
        ("mirrors: 3", None),
        ("mirrors:\n  other:5000: {endpoint: [http://other:5000]}", None),
        (f'mirrors:\n  "{HOST}": {{endpoint: ["http://{HOST}", "https://x"]}}', (f"http://{HOST}", "https://x")),
        (f'mirrors:\n  "{HOST}":\n', ()),
        ('mirrors:\n  "*": {endpoint: [http://mirror]}', ("http://mirror",)),
        (f'mirrors:\n  "*": {{endpoint: [a]}}\n  "{HOST}": {{endpoint: [b]}}', ("b",)),
    ],
)
def test_the_endpoints_of_a_host(text: str, expected: tuple[str, ...] | None) -> None:
    assert endpoints(text, HOST) == expected


@pytest.mark.parametrize("text", ["a: [", "\x00", "a: 1\na: 2"])
def test_what_is_no_yaml(text: str) -> None:
    with pytest.raises(ValueError, match=r"line [12]"):
        endpoints(text, HOST)
