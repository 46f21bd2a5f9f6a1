"""`/v2/`: whether a registry is there, in the scheme configured, and what its clock says."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.challenge import read_challenge
from buildtool.core.registry.contents import RegistryFacts, ServerKind
from buildtool.errors import REGISTRY_ANSWER, REGISTRY_SCHEME, REGISTRY_UNREACHABLE, BuildtoolError

if TYPE_CHECKING:
    from datetime import datetime

    from buildtool.adapters.registry.http.answer import Answer

_EARLIEST, _LATEST = 1900, 9000  # a Date outside of these years is ignored
_VERSION = "Docker-Distribution-Api-Version"
_NOT_FOUND = 404
_AT_THE_ROOT = (
    "docker asks for /v2/ at the root of a host and nowhere else: check the name, or let the proxy in front of the "
    "registry pass /v2/ on to it; a path of the proxy is the beginning of a repository's name there"
)
_TLS_WANTED = ("http request to an https server", "http request was sent to https port")


def read_probe(answer: Answer, base: str) -> RegistryFacts:
    """What `/v2/` told without credentials: 200, or 401 with a challenge, are both a registry."""
    if base.startswith("http:") and wants_tls(answer):
        raise scheme_error(base, "it speaks HTTPS, and `insecure = true` in buildtool.toml asks for HTTP")
    if answer.status not in (200, 401):
        raise refusal(answer) if answer.faults or answer.status >= 500 else _no_registry(answer, base)  # noqa: PLR2004
    if not _is_registry(answer):
        raise _no_registry(answer, base)
    return RegistryFacts(base, ServerKind.UNKNOWN, _date(answer))


def wants_tls(answer: Answer) -> bool:
    """Go's and nginx's answer to plain HTTP on a TLS port, or a redirect to https."""
    if 300 <= answer.status < 400:  # noqa: PLR2004 -- the redirection class of HTTP
        return answer.headers.get("Location", "").lower().startswith("https:")
    return answer.status == 400 and _asks_for_tls(answer.body)  # noqa: PLR2004


def _asks_for_tls(body: bytes) -> bool:
    text = body[:1000].decode("latin-1").lower()
    return any(words in text for words in _TLS_WANTED)


def scheme_error(base: str, message: str) -> BuildtoolError:
    insecure = "false" if base.startswith("http:") else "true"
    return BuildtoolError(REGISTRY_SCHEME, message, fix=f"set insecure = {insecure} in buildtool.toml", place=base)


def speaks_tls(base: str, timeout: float) -> bool:
    """Whether a TLS server listens there; nothing is sent but the greeting, and its certificate is not judged."""
    parts = urlsplit(base)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 80), timeout) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname),
        ):
            return True
    except (OSError, ValueError):
        return False


def speaks_http(base: str, timeout: float) -> bool:
    """Whether plain HTTP is answered there; the question carries nothing that says who asks."""
    parts = urlsplit(base)
    question = f"GET /v2/ HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), timeout) as plain:
            plain.sendall(question.encode("ascii"))
            start = plain.recv(1000)
            return start.startswith(b"HTTP/") and not _asks_for_tls(start)
    except (OSError, ValueError):
        return False


def resolve(base: str, timeout: float) -> None:
    """Look the name up within `timeout` seconds: the system's resolver itself may take minutes to give up."""
    host = urlsplit(base).hostname or ""
    done = threading.Event()

    def look_up() -> None:
        try:
            socket.getaddrinfo(host, None)
        except (OSError, UnicodeError):
            pass  # the request itself will say so better
        finally:
            done.set()

    threading.Thread(target=look_up, daemon=True).start()
    if not done.wait(timeout):
        raise BuildtoolError(REGISTRY_UNREACHABLE, f"no name server answers for {host}", place=base)


def _is_registry(answer: Answer) -> bool:
    challenge = read_challenge(answer.headers.get("WWW-Authenticate", ""))
    if answer.status == 401 and challenge is None:  # noqa: PLR2004
        return False
    bearer = challenge is not None and challenge.scheme == "bearer"
    return _VERSION in answer.headers or bearer or isinstance(answer.json(), dict)


def _no_registry(answer: Answer, base: str) -> BuildtoolError:
    kind = answer.headers.get("Content-Type", "no content type").split(";")[0][:60]
    message, place = f"what answers is not a registry: {answer.status}, {kind}", f"{base}/v2/"
    return BuildtoolError(
        REGISTRY_ANSWER, message, fix=_AT_THE_ROOT if answer.status == _NOT_FOUND else None, place=place
    )


def _date(answer: Answer) -> datetime | None:
    try:
        date = parsedate_to_datetime(answer.headers["Date"])
        date = date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)  # "-0000" is UTC without saying so
    except (KeyError, ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if _EARLIEST < date.year < _LATEST else None
