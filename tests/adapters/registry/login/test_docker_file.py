"""Held to the docker package, which reads the same file."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from docker import auth
from hypothesis import given
from hypothesis import strategies as st

from buildtool.adapters.registry.login.docker_file import helper_key, helper_name, holds_logins, stored_login

HOSTS = ("harbor.example", "harbor.example:5000", "192.168.0.40:5000", "other.example")


def _entry(username: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


words = st.text(st.characters(exclude_characters=":", codec="utf-8"), max_size=8)
keys = st.builds(
    "{}{}{}".format,
    st.sampled_from(("", "http://", "https://")),
    st.sampled_from(HOSTS),
    st.sampled_from(("", "/", "/v2/")),
)
entries: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.builds(_entry, words, st.text(st.characters(codec="utf-8"), max_size=8)),
    st.builds(lambda token: {"auth": "", "identitytoken": token}, st.text("abc", min_size=1)),
    st.just({}),
)
documents = st.fixed_dictionaries(
    {"auths": st.dictionaries(keys, entries)},
    optional={
        "credHelpers": st.dictionaries(st.sampled_from(HOSTS), st.sampled_from(("pass", "osxkeychain"))),
        "credsStore": st.sampled_from(("", "desktop")),
    },
)


@given(documents, st.sampled_from(HOSTS))
def test_the_same_login_and_the_same_helper_as_the_docker_package(document: dict[str, Any], host: str) -> None:
    theirs = auth.load_config(config_dict={"auths": document["auths"]}).resolve_authconfig(host) or {}
    kept = {
        key.lower(): value for key, value in theirs.items() if key.lower() in {"username", "password", "identitytoken"}
    }
    assert (stored_login(document, host) or {}) == kept
    assert (helper_name(document, host) or None) == (
        auth.load_config(config_dict=document).get_credential_store(host) or None
    )


@pytest.mark.parametrize(
    "document", [{"auths": [1]}, {"auths": {HOSTS[0]: 7}}, {"auths": {HOSTS[0]: {"auth": "bm8gY29sb24="}}}], ids=str
)
def test_a_file_of_another_shape(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        stored_login(document, HOSTS[0])


def test_a_broken_login_of_another_host_is_not_in_the_way() -> None:
    document = {"auths": {"other.example": {"auth": "%%%"}, HOSTS[0]: _entry("robot$a", "p")}}
    assert stored_login(document, HOSTS[0]) == {"username": "robot$a", "password": "p"}


@pytest.mark.parametrize(("document", "holds"), [({}, False), ([], False), (7, False), ({"auths": {}}, True)])
def test_a_file_without_logins(document: object, holds: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    assert holds_logins(document) is holds


HUB = "https://index.docker.io/v1/"


@pytest.mark.parametrize("host", ["docker.io", "index.docker.io", "registry-1.docker.io"])
@pytest.mark.parametrize("key", [HUB, "index.docker.io", "docker.io", "registry-1.docker.io"])
def test_docker_hub_under_all_its_names(host: str, key: str) -> None:
    assert stored_login({"auths": {key: _entry("me", "p")}}, host) == {"username": "me", "password": "p"}
    document = {"credHelpers": {key: "pass"}, "credsStore": "desktop"}
    assert (helper_name(document, host), helper_key(document, host)) == ("pass", key)


@pytest.mark.parametrize("key", [f"{HUB}access-token", f"{HUB}refresh-token", "https://docker.io.evil/v1/"])
def test_docker_desktops_tokens_are_no_login_to_the_registry(key: str) -> None:
    assert stored_login({"auths": {key: _entry("me", "token")}}, "docker.io") is None


def test_dockers_own_key_counts_first() -> None:
    logins = {"docker.io": _entry("old", "p"), HUB: _entry("me", "p")}
    assert stored_login({"auths": logins}, "docker.io") == {"username": "me", "password": "p"}
    assert helper_key({"credsStore": "desktop"}, "docker.io") == HUB
    assert helper_key({"credsStore": "desktop"}, "[::1]:5000") == "[::1]:5000"


def test_an_ipv6_address_as_a_key() -> None:
    for key in ("[::1]:5000", "http://[::1]:5000", "https://[::1]:5000/v2/"):
        assert stored_login({"auths": {key: _entry("me", "p")}}, "[::1]:5000") == {"username": "me", "password": "p"}
    assert stored_login({"auths": {"[::1]:5001": _entry("me", "p")}}, "[::1]:5000") is None
