"""httpx's exceptions -> our errors, all of them, and whether a retry can help."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from buildtool.errors import (
    REGISTRY_ANSWER,
    REGISTRY_CERTIFICATE,
    REGISTRY_FAILED,
    REGISTRY_UNREACHABLE,
    BuildtoolError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.errors import (
        Kind,
    )


class HealableError(Exception):
    """A failure that a retry may solve. `wait` is the pause that the server asked for, in seconds."""

    def __init__(self, error: BuildtoolError, *, wait: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


# Most special first. (class, kind, heals, words)
FAILURES: tuple[tuple[type[Exception], Kind, bool, str], ...] = (
    (httpx.ConnectTimeout, REGISTRY_UNREACHABLE, True, "no connection in time"),
    (httpx.ReadTimeout, REGISTRY_UNREACHABLE, True, "the answer did not come in time"),
    (httpx.WriteTimeout, REGISTRY_UNREACHABLE, True, "the request could not be sent in time"),
    (httpx.PoolTimeout, REGISTRY_UNREACHABLE, True, "all connections are busy"),
    (httpx.TimeoutException, REGISTRY_UNREACHABLE, True, "no answer in time"),
    (httpx.ConnectError, REGISTRY_UNREACHABLE, True, "no connection"),
    (httpx.NetworkError, REGISTRY_UNREACHABLE, True, "the connection broke"),
    (httpx.ProxyError, REGISTRY_UNREACHABLE, True, "the HTTP proxy refuses the connection"),
    (httpx.UnsupportedProtocol, REGISTRY_ANSWER, False, "the registry sends us to an address that is not HTTP"),
    (httpx.RemoteProtocolError, REGISTRY_UNREACHABLE, True, "the answer broke off or was not HTTP"),
    (httpx.LocalProtocolError, REGISTRY_ANSWER, False, "the request cannot be written as HTTP"),
    (httpx.ProtocolError, REGISTRY_ANSWER, False, "the answer was not HTTP"),
    (httpx.DecodingError, REGISTRY_ANSWER, False, "the answer's encoding is broken"),
    (httpx.TooManyRedirects, REGISTRY_ANSWER, False, "the registry redirects without end"),
    (httpx.RequestError, REGISTRY_UNREACHABLE, True, "the request failed"),
    (httpx.HTTPStatusError, REGISTRY_FAILED, False, "the registry answered with an error"),
    (httpx.HTTPError, REGISTRY_FAILED, False, "the request failed"),
    (httpx.InvalidURL, REGISTRY_ANSWER, False, "the address is not a URL"),
    (httpx.CookieConflict, REGISTRY_ANSWER, False, "the registry sets contradicting cookies"),
    (httpx.StreamError, REGISTRY_ANSWER, False, "the answer could not be read"),
    (ssl.SSLError, REGISTRY_UNREACHABLE, True, "the encrypted connection broke"),
    (UnicodeError, REGISTRY_ANSWER, False, "the address or a header is not text that HTTP can carry"),
    (OSError, REGISTRY_UNREACHABLE, True, "the connection broke"),
    (ValueError, REGISTRY_ANSWER, False, "the address is not a URL"),
)
CAUGHT: tuple[type[Exception], ...] = tuple(entry[0] for entry in FAILURES)


def translate(error: Exception, place: str) -> BuildtoolError | HealableError:
    """The failure of one exchange with `place` (method and URL without user info)."""
    tls = tls_failure(error)
    if tls is not None:
        return _tls(tls, place)
    for kind_of, kind, heals, words in FAILURES:
        if isinstance(error, kind_of):
            detail = _detail(error)
            ours = BuildtoolError(kind, f"{words}{f' ({detail})' if detail else ''}", place=place)
            return HealableError(ours) if heals else ours
    raise error


def tls_failure(error: BaseException) -> ssl.SSLError | None:
    """The failed TLS handshake inside a connection error, if that is what it was."""
    if not isinstance(error, (httpx.ConnectError, httpx.ProxyError)):
        return None
    return next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)


def _tls(error: ssl.SSLError, place: str) -> BuildtoolError | HealableError:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = getattr(error, "verify_message", "") or "verification failed"
        return BuildtoolError(REGISTRY_CERTIFICATE, f"its certificate is not trusted: {why}", place=place)
    why = getattr(error, "reason", "") or "no TLS there"
    return HealableError(BuildtoolError(REGISTRY_UNREACHABLE, f"the TLS handshake failed ({why})", place=place))


def _detail(error: BaseException) -> str:
    """The operating system's words where there are some: "Connection refused" says more than a class name."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything it came from, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
