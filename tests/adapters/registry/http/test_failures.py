from __future__ import annotations

import inspect
import ssl

import httpcore
import httpx
import pytest

from buildtool.adapters.registry.http.failures import CAUGHT, HealableError, translate
from buildtool.errors import REGISTRY_CERTIFICATE, REGISTRY_UNREACHABLE, BuildtoolError

EXCEPTIONS = [
    value for _, value in sorted(vars(httpx).items()) if inspect.isclass(value) and issubclass(value, Exception)
]


def make(kind: type[Exception]) -> Exception:
    """One of the kind, whatever its constructor wants."""
    if kind is httpx.HTTPStatusError:
        request = httpx.Request("GET", "http://registry.invalid/")
        return httpx.HTTPStatusError("bad", request=request, response=httpx.Response(500, request=request))
    if kind in (httpx.StreamConsumed, httpx.StreamClosed, httpx.ResponseNotRead, httpx.RequestNotRead):
        return kind()
    return kind("its own words")


def test_the_library_has_the_exceptions_we_think_it_has() -> None:
    assert len(EXCEPTIONS) >= 28


@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_the_map_is_total(kind: type[Exception]) -> None:
    assert issubclass(kind, CAUGHT)
    failure = translate(make(kind), "GET http://registry.invalid/v2/")
    ours = failure.error if isinstance(failure, HealableError) else failure
    assert isinstance(ours, BuildtoolError)
    assert ours.kind.code.startswith("registry-")
    assert ours.place == "GET http://registry.invalid/v2/"
    assert ours.message


@pytest.mark.parametrize(
    "kind", [httpx.ConnectError, httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.PoolTimeout]
)
def test_what_the_network_did_may_heal(kind: type[Exception]) -> None:
    failure = translate(make(kind), "GET x")
    assert isinstance(failure, HealableError)
    assert failure.error.kind is REGISTRY_UNREACHABLE


def test_the_operating_systems_words_are_told() -> None:
    error = httpx.ConnectError("[Errno 111]")
    error.__cause__ = httpcore.ConnectError("x")
    error.__cause__.__cause__ = ConnectionRefusedError(111, "Connection refused")
    failure = translate(error, "GET x")
    assert isinstance(failure, HealableError)
    assert failure.error.message == "no connection (Connection refused)"


def test_a_certificate_that_is_not_trusted_does_not_heal() -> None:
    error = httpx.ConnectError("x")
    error.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.__cause__.verify_message = "self-signed certificate"
    failure = translate(error, "GET x")
    assert isinstance(failure, BuildtoolError)
    assert failure.kind is REGISTRY_CERTIFICATE
    assert "self-signed certificate" in failure.message


def test_a_broken_handshake_may_heal() -> None:
    """Which scheme the server speaks is the probe's question."""
    error = httpx.ConnectError("x")
    error.__cause__ = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    failure = translate(error, "GET x")
    assert isinstance(failure, HealableError)
    assert failure.error.kind is REGISTRY_UNREACHABLE
    assert "TLS handshake failed" in failure.error.message


def test_an_unknown_exception_is_a_bug_and_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        translate(ZeroDivisionError(), "GET x")
