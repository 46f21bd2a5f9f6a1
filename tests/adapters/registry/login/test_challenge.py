from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.adapters.registry.login.challenge import Challenge, hidden_prefix, read_challenge, without_prefix


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", None),
        ("Negotiate", None),
        ("Digest realm=x, nonce=y", None),
        ('Basic realm="test"', Challenge("basic", "test")),
        ("Basic", Challenge("basic")),
        (
            'Bearer realm="http://h:5000/service/token",service="harbor-registry",scope="repository:a/b:pull,push"',
            Challenge("bearer", "http://h:5000/service/token", "harbor-registry", "repository:a/b:pull,push"),
        ),
        ('bearer realm=http://h/token, service="a \\"b\\""', Challenge("bearer", "http://h/token", 'a "b"')),
        ('Basic realm="x", Bearer realm="http://h/t",service="s"', Challenge("bearer", "http://h/t", "s")),
        ('Bearer realm="http://h/t",service="s", Basic realm="x"', Challenge("bearer", "http://h/t", "s")),
        ('Bearer service="no realm"', Challenge("bearer", "", "no realm")),
        ("Bearer " + '"' * 5000, Challenge("bearer")),
    ],
)
def test_challenges(header: str, wanted: Challenge | None) -> None:
    assert read_challenge(header) == wanted


@pytest.mark.parametrize("piece", ["a", "true", 'a="', "a=", " ", ",", "Bearer ", "\\"])
def test_a_header_of_any_length_is_read_once(piece: str) -> None:
    challenge = read_challenge('Bearer realm="http://h/token",' + piece * 100_000)
    assert challenge is not None
    assert challenge.scheme == "bearer"


def test_why_a_token_is_not_enough() -> None:
    found = read_challenge('Bearer realm="https://auth.docker.io/token",error="insufficient_scope"')
    assert found == Challenge("bearer", "https://auth.docker.io/token", error="insufficient_scope")


@pytest.mark.parametrize(
    ("asked", "told", "prefix"),
    [
        ("repository:harbor/web/app:pull,push", "repository:web/app:pull", "harbor/"),
        ("repository:a/b/web:pull", "repository:web:pull", "a/b/"),
        ("repository:h/a:pull,push repository:h/b:pull", "repository:a:pull,push repository:b:pull", "h/"),
        ("repository:h/a:pull,push repository:h/b:pull", "repository:a:pull", "h/"),
        ("repository:web/app:pull", "repository:web/app:pull,push", ""),
        ("repository:web/app:pull", "repository:other:pull", ""),
        ("repository:web/app:pull", "repository:pp:pull", ""),
        ("repository:web/app:pull", "repository::pull", ""),
        ("repository:web/app:pull", "registry:catalog:*", ""),
        ("repository:web/app:pull", "ignored", ""),
        ("repository:web/app:pull", "", ""),
        ("", "repository:user/image:pull", ""),
        ("repository:a:pull", "repository:host:5000/a:pull", ""),
    ],
)
def test_what_only_a_proxy_knows_of_a_name(asked: str, told: str, prefix: str) -> None:
    assert hidden_prefix(asked, told) == prefix


def test_names_without_what_only_a_proxy_knows() -> None:
    scope = "repository:harbor/web:pull,push repository:harbored:pull registry:catalog:* odd"
    assert without_prefix(scope, "harbor/") == ["repository:web:pull,push"]
    assert without_prefix(scope, "") == []
    assert without_prefix("", "harbor/") == []


@given(st.text(), st.text())
def test_any_scope(asked: str, told: str) -> None:
    prefix = hidden_prefix(asked, told)
    assert not prefix or (prefix in asked and prefix.endswith("/"))
    assert len(without_prefix(asked, prefix)) <= len(asked.split())
