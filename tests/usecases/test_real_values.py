from __future__ import annotations

from pathlib import Path

import pytest

from buildtool.config import Config, ImageConfig
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


SEVERAL = Config(
    "r.example:5000/team",
    {"web": ImageConfig("web", ()), "api": ImageConfig("api", (), registry="o.example/x")},
    Path("/repo"),
    insecure=True,
    mirrors=("m.example:7",),
)


@pytest.mark.parametrize(
    ("place", "message", "host"),
    [
        ("", "", "r.example:5000"),
        ("GET https://o.example/v2/x/api/tags/list", "", "o.example"),
        ("https://m.example:7/v2/", "", "m.example:7"),
        ("https://auth.example/token", "", "r.example:5000"),
        ("", "failed to push o.example/x/api:unproven: denied", "o.example"),
        ("", "m.example:7/web: no", "m.example:7"),
    ],
)
def test_a_login_is_one_at_the_registry_that_failed(place: str, message: str, host: str) -> None:
    fix = "docker login HOST:PORT"
    assert filled(fix, real_values(SEVERAL, fix, place, message)) == f"docker login {host}"


@pytest.mark.parametrize(
    ("place", "fix"),
    [
        ("http://r.example:5000", "set insecure = false in buildtool.toml"),
        ("https://o.example", 'set insecure = true under [registries."o.example"] in buildtool.toml'),
    ],
)
def test_the_protocol_of_another_registry_is_set_in_its_own_table(place: str, fix: str) -> None:
    plain = f"set insecure = {'true' if place.startswith('https') else 'false'} in buildtool.toml"
    assert filled(plain, real_values(SEVERAL, plain, place)) == fix


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_no_fix_leaves_the_registry_to_the_reader(kind: Kind) -> None:
    text = filled(kind.fix, real_values(CONFIG, kind.fix))
    assert "HOST" not in text
    assert "r.example:5000" in text
