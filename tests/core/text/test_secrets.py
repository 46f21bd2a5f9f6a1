from __future__ import annotations

import base64
import json

import pytest

from buildtool.core.text.secrets import Secrets


def secrets(*values: str) -> Secrets:
    made = Secrets()
    for value in values:
        made.add(value)
    return made


def test_a_secret_is_masked_wherever_it_stands() -> None:
    assert secrets("hunter22").clean("user:hunter22@host, again hunter22.") == "user:***@host, again ***."


def test_each_line_of_a_secret_is_one() -> None:
    """Logs are written line by line; a key of many lines would never be seen whole."""
    known = secrets("-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----\n")
    assert known.clean("log: abcdefgh") == "log: ***"


def test_the_longest_goes_first() -> None:
    assert secrets("abcd", "abcdefgh").clean("abcdefgh abcd") == "*** ***"


def test_what_is_too_short_to_be_one_masks_nothing() -> None:
    assert secrets("", "a", "abc").clean("a plain abc") == "a plain abc"


@pytest.mark.parametrize(
    "written",
    [
        'p4ss/w"rd &é',
        json.dumps('p4ss/w"rd &é')[1:-1],
        json.dumps('p4ss/w"rd &é', ensure_ascii=False)[1:-1],
        "p4ss/w%22rd%20%26%C3%A9",
        "p4ss%2Fw%22rd%20%26%C3%A9",
        "p4ss%2Fw%22rd+%26%C3%A9",
        base64.b64encode('p4ss/w"rd &é'.encode()).decode().rstrip("="),
    ],
)
def test_a_secret_is_known_however_it_is_written(written: str) -> None:
    assert secrets('p4ss/w"rd &é').clean(f"<{written}>") == "<***>"


def test_what_the_environment_says_is_a_secret() -> None:
    known = Secrets()
    known.learn(
        {
            "GITHUB_TOKEN": "ghs_0123456789",
            "BUILDTOOL_REGISTRY_PASSWORD": "hunter2222",
            "HTTPS_PROXY": "http://me:pr0xy%20pass@proxy:3128",
            "http_proxy": "me2:an0ther@proxy",
            "ALL_PROXY": "http://[",
            "NPM_TOKEN": "short",
            "TOKENS_OF_LOVE": "not-a-secret",
        }
    )
    text = "ghs_0123456789 hunter2222 pr0xy%20pass pr0xy pass an0ther short not-a-secret me"
    assert known.clean(text) == "*** *** *** *** *** short not-a-secret me"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("https://user:pa55word@host/path", "https://***@host/path"),
        ("https://user:p@55:word@host/path", "https://***@host/path"),
        ("https://ghp_0123456789@github.com/a/b", "https://***@github.com/a/b"),
        ("ssh://git@github.com/a/b", "ssh://git@github.com/a/b"),
        ("docker-image://nginx:1.28@sha256:0", "docker-image://nginx:1.28@sha256:0"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic ***"),
        ("authorization: bearer eyJhbGciOi.J9", "authorization: bearer ***"),
        ("sent Bearer eyJhbGciOiJSUzI1NiJ9.x", "sent Bearer ***"),
        ("that is 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyb2JvdCJ9.c2lnbmF0dXJl'", "that is '***'"),
        ("eyJhbGci.eyJzdWIi is no token", "eyJhbGci.eyJzdWIi is no token"),
        ("basic checks and bearer of news", "basic checks and bearer of news"),
        ("https://host:5000/v2/@x", "https://host:5000/v2/@x"),
    ],
)
def test_what_looks_like_credentials(text: str, cleaned: str) -> None:
    assert Secrets().clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    ["authorization:" + " " * 100_000, "bearer " * 50_000, "://" * 50_000, "https://" + "a:" * 50_000, "eyJ" * 50_000],
    ids=["blanks", "words", "slashes", "colons", "tokens"],
)
def test_text_of_any_length_is_read_once(text: str) -> None:
    """With backtracking the first would take a minute."""
    assert len(secrets("hunter22").clean(text)) <= len(text)


def test_a_header_is_masked_whatever_stands_between() -> None:
    assert secrets().clean("Authorization:   Basic   aHVudGVyMjI=") == "Authorization:   Basic   ***"
    assert secrets().clean("authorization: basic") == "authorization: ***"


def test_only_the_named_fields_of_a_document_are_masked() -> None:
    secrets = Secrets()
    secrets.add("main")
    document = {
        "tag": "main-1",
        "why": ["main", {"main": "main", "n": 1}],
        "all": [{"why": "main", "tag": "main"}, None],
    }
    assert secrets.clean_fields(document, {"why"}) == {
        "tag": "main-1",
        "why": ["***", {"main": "***", "n": 1}],
        "all": [{"why": "***", "tag": "main"}, None],
    }
    assert secrets.clean_fields(document, ()) == document
