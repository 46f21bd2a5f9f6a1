"""The signature of a request: real ones hold, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.handler.signature import is_signed
from tests.support.alerted_site import RECORDED, signature

BODY, KEY = b'{"reason":"HealthCheckFailed"}', b"the token of the Provider"


def test_real_requests_are_signed() -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recorded alerts do not lie beside the project")
    bodies = sorted(RECORDED.glob("alert-*.body"))
    assert len(bodies) == 5
    for file in bodies:
        lines = file.with_suffix(".headers").read_text(encoding="ascii").splitlines()
        [header] = [line.removeprefix("X-Signature: ") for line in lines if line.startswith("X-Signature: ")]
        assert is_signed(file.read_bytes(), header, (RECORDED / "token").read_bytes())
        assert not is_signed(file.read_bytes() + b"\n", header, (RECORDED / "token").read_bytes())


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=80))
def test_what_the_key_signs_holds_for_that_body_and_key_alone(body: bytes, key: bytes) -> None:
    header = signature(body, key)
    assert is_signed(body, header, key)
    assert not is_signed(body + b"x", header, key)
    assert not is_signed(body, header, key + b"x")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        signature(BODY, KEY).removeprefix("sha256="),
        signature(BODY, KEY).upper(),
        signature(BODY, KEY) + "0",
        signature(BODY, KEY) + "\n",
        signature(BODY, KEY).replace("sha256", "sha1"),
        "sha256=" + "\N{ARABIC-INDIC DIGIT ONE}" * 64,
        "sha256=" + "0" * 64,
    ],
)
def test_nothing_else_is_a_signature(header: str | None) -> None:
    assert not is_signed(BODY, header, KEY)


def test_an_empty_key_signs_nothing() -> None:
    assert not is_signed(BODY, signature(BODY, b""), b"")
