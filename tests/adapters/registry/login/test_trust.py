from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.adapters.registry.login.trust import may_know, origin, same_origin

URLS = st.one_of(st.text(max_size=40), st.from_regex(r"https?://[a-zA-Z0-9.\[\]:@/?#-]{0,30}", fullmatch=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://h/a", "http://h:80/b"),
        ("https://H.example/", "https://h.example:443/?q"),
        ("http://h./", "http://h/"),
        ("http://user:password@h:5000/", "http://h:5000/"),
        ("http://[::1]:5000/v2/", "http://[::1]:5000/"),
    ],
)
def test_the_same_server(one: str, other: str) -> None:
    assert same_origin(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://h/", "https://h/"),
        ("http://h:5000/", "http://h:5001/"),
        ("http://h/", "http://h.evil/"),
        ("http://h/", "http://evil/h"),
        ("http://h/", "http://h@evil/"),
        ("ftp://h/", "ftp://h/"),
        ("http://h:99999/", "http://h:99999/"),
        ("http://[/", "http://[/"),
        ("", ""),
    ],
)
def test_another_server(one: str, other: str) -> None:
    assert not same_origin(one, other)


@pytest.mark.parametrize(
    ("base", "realm", "hosts", "may"),
    [
        ("http://h:5000", "http://h:5000/service/token", (), True),
        ("http://h:5000", "https://h:5001/auth", (), True),
        ("https://registry-1.docker.io", "https://auth.docker.io/token", (), True),
        ("https://registry-1.docker.io", "https://auth.docker.io.evil/token", (), False),
        ("https://h", "https://auth.docker.io/token", (), False),
        ("https://registry.example.com", "https://example.com/jwt/auth", (), False),
        ("https://registry.example.com", "https://example.com/jwt/auth", ("Example.com",), True),
        ("https://registry.example.com", "https://example.com:8443/jwt/auth", ("example.com:443",), False),
        ("https://registry.example.com", "https://example.com:8443/jwt/auth", ("example.com:8443",), True),
        ("https://registry.example.com", "https://example.com@evil/jwt", ("example.com",), False),
        ("https://registry.example.com", "https://sub.example.com/", ("example.com",), False),
        ("https://registry.gitlab.com", "https://gitlab.com/jwt/auth", (), True),
        ("https://registry.gitlab.com", "https://gitlab.com.evil/jwt/auth", (), False),
        ("https://gitlab.com", "https://registry.gitlab.com/jwt/auth", (), False),
        ("http://[::1]:5000", "http://[::1]:5001/token", (), True),
        ("http://h:5000", "http://[::1]:5001/token", ("[::1]:5001",), True),
        ("http://h:5000", "http://[::1]:5001/token", ("[::1]",), True),
        ("http://h:5000", "http://[::1]:5001/token", ("[::1]:5002",), False),
        ("https://registry.example.com", "not a url", ("example.com",), False),
    ],
)
def test_who_may_know_a_password(base: str, realm: str, hosts: tuple[str, ...], may: bool) -> None:  # noqa: FBT001
    assert may_know(base, realm, hosts) is may


@given(URLS, URLS)
def test_any_address(base: str, realm: str) -> None:
    """No address ends in an exception, and none is trusted that is not on the same host."""
    mine, there = origin(base), origin(realm)
    assert may_know(base, realm, ()) == (mine is not None and there is not None and mine[1] == there[1]) or (
        mine is not None and mine[1].endswith(("docker.io", "gitlab.com"))
    )
