from __future__ import annotations

import pytest

from buildtool.adapters.registry.login.challenge import Challenge, other_name, read_challenge


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
    ("asked", "told", "other"),
    [
        ("repository:harbor/web/app:pull,push", "repository:web/app:pull", "repository:web/app:pull,push"),
        ("repository:web/app:pull", "repository:web/app:pull,push", ""),
        ("repository:web/app:pull", "registry:catalog:*", ""),
        ("repository:web/app:pull", "ignored", ""),
        ("repository:web/app:pull", "", ""),
        ("", "repository:user/image:pull", ""),
        ("repository:a:pull,push repository:b:pull", "repository:c:pull", ""),
        ("repository:a:pull", "repository:host:5000/a:pull", ""),
    ],
)
def test_the_name_that_the_registry_itself_has(asked: str, told: str, other: str) -> None:
    assert other_name(asked, told) == other
