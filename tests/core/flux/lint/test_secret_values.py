"""Whether a text is a secret itself, or only stands for one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.lint.secret_values import decoded, holds_secret, is_secret

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n"
STANDS_FOR_ONE = [
    "",
    " ",
    "$TOKEN",
    "$$TOKEN",
    "${TOKEN}",
    "${TOKEN:-x}",
    "a${TOKEN}b",
    "$(TOKEN)",
    "{{ .Values.token }}",
    "a {{ x }} b",
    "op://vault/item/field",
    "vault:secret/data/app#key",
    "ref+awsssm://x",
    "secretref+x://y",
    "<path:secret/data/app#key>",
    "<your token>",
    "ENC[AES256_GCM,data:x]",
    "ENC(abc)",
    "__TOKEN__",
    "%TOKEN%",
    "@token@",
    "env:TOKEN",
    "file:/run/token",
    "arn:aws:secretsmanager:eu-west-1:1:secret:x",
    "projects/p/secrets/s/versions/1",
    "/run/secrets/token",
    "./token",
    "~/token",
    "changeme",
    "CHANGE_ME",
    "change-me-please",
    "replace with your own",
    "your-password-here",
    "<password>",
    "[redacted]",
    "(none)",
    "{{secret}",
    "$ecret",
    "TODO",
    "todo!",
    "placeholder",
    "example",
    "xxxxxxxx",
    "********",
    "???",
    "...",
    "none",
    "n/a",
    "null",
    "password",
    "secret123",
    "true",
    "disabled",
    "3600",
    "30s",
]
SECRETS = [
    "hunter2",
    "letmein",
    "S3cr3t!",
    "correct-horse-battery-9",
    "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
    "AKIAIOSFODNN7EXAMPLE0",
    "123456",
    "password9x",
    "changeme-9fk2",
    "x1x2x3",
    "null-9dk2mX",
    "p@ss",
    KEY,
    f"  {KEY}  ",
    f"${{X}} {KEY}",
]


@pytest.mark.parametrize("text", STANDS_FOR_ONE)
def test_what_stands_for_a_secret(text: str) -> None:
    assert not is_secret(text)
    assert not is_secret(f"  {text}\n")
    assert not holds_secret("password", text)


@pytest.mark.parametrize("text", SECRETS)
def test_what_is_one(text: str) -> None:
    assert is_secret(text)
    assert holds_secret("password", text)


@pytest.mark.parametrize(
    ("name", "text", "holds"),
    [
        ("config.yaml", "level: info", False),
        ("config.yaml", "hunter2", False),
        ("config.yaml", KEY, True),
        ("token", "hunter2", True),
        ("API_KEY", "hunter2", True),
        ("PUBLIC_KEY", "hunter2", False),
        ("identity", "AGE-1QYQSZQGPQYQSZQGP", True),
        ("id_rsa", "hunter2", True),
        ("tls.key", "hunter2", True),
        ("server.pem", "hunter2", True),
        ("tls.crt", "hunter2", False),
        ("known_hosts", "github.com ssh-ed25519 AAAA", False),
        ("url", "postgres://app:hunter2@db/app", True),
        ("url", "postgres://app:${PASS}@db/app", False),
        ("url", "postgres://app:changeme@db/app", False),
        ("url", "postgres://db/app", False),
        ("url", "https://user@host/x", False),
        (".dockerconfigjson", '{"auths": {"r.io": {"auth": "dTpw"}}}', True),
        (".dockerconfigjson", '{"auths": {"r.io": {"auth": "${AUTH}"}}}', False),
        (".dockerconfigjson", '{"auths": {}}', True),
        (".dockerconfigjson", "{}", False),
    ],
)
def test_an_entry_of_a_secret(name: str, text: str, *, holds: bool) -> None:
    assert holds_secret(name, text) is holds


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("aHVudGVyMg==", "hunter2"),
        (" aHVu\n dGVy\n Mg== ", "hunter2"),
        ("", ""),
        ("${TOKEN}", "${TOKEN}"),
        ("aHVudGVyMg", "aHVudGVyMg"),
        ("not base64!", "not base64!"),
        ("/w==", "\ufffd"),
    ],
)
def test_what_is_behind_base64(text: str, plain: str) -> None:
    assert decoded(text) == plain


@given(st.text(max_size=30))
def test_base64_of_any_text_is_read_back(text: str) -> None:
    assert decoded(base64.b64encode(text.encode()).decode()) == text


@given(st.from_regex(r"\A[A-Za-z0-9]{24,40}\Z"))
def test_a_long_mixture_of_letters_and_digits_is_a_secret(text: str) -> None:
    if any(one.isdigit() for one in text[6:-6]) and any(one.isalpha() for one in text):
        assert is_secret(f"k9{text}4Zq")


@pytest.mark.parametrize(
    "text", ["change" + "-a" * 5000, "<" * 5000, "a://" + "b" * 5000, "{{" + "x" * 5000, "x-" * 5000]
)
def test_hostile_texts_end(text: str) -> None:
    assert is_secret(text) in {True, False}
    assert holds_secret("token", text) in {True, False}
