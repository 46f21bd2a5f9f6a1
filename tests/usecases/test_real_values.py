from __future__ import annotations

from pathlib import Path

import pytest

from buildtool.config import Config
from buildtool.core.text.placeholders import filled
from buildtool.errors.catalogue import pages
from buildtool.errors.pages import Kind
from buildtool.usecases.real_values import real_values

CONFIG = Config("r.example:5000/team", {}, Path("/repo"), insecure=True)
KINDS = [page for page in pages() if isinstance(page, Kind) and "HOST:PORT" in page.fix]


@pytest.mark.parametrize(
    ("place", "fix", "url"),
    [
        ("", "", "http://r.example:5000"),
        ("buildtool.toml:3", "", "http://r.example:5000"),
        ("https://auth.example/token?service=x", "check it", "https://auth.example"),
        ("https://user:pw@auth.example:8/token", "check it", "https://auth.example:8"),
        ("https://auth.example/token", "docker login HOST:PORT", "http://r.example:5000"),
        ("http://[", "check it", "http://r.example:5000"),
        ("http:///v2/", "check it", "http://r.example:5000"),
    ],
)
def test_the_server_that_a_fix_is_about(place: str, fix: str, url: str) -> None:
    assert real_values(CONFIG, fix, place) == {"HOST:PORT": url.partition("://")[2], "http://HOST:PORT": url}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_no_fix_leaves_the_registry_to_the_reader(kind: Kind) -> None:
    text = filled(kind.fix, real_values(CONFIG, kind.fix))
    assert "HOST" not in text
    assert "r.example:5000" in text
