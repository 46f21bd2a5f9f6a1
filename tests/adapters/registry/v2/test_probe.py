from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from buildtool.adapters.registry import Limits
from buildtool.adapters.registry.http.answer import Answer
from buildtool.adapters.registry.v2.probe import read_probe
from buildtool.core.registry.contents import ServerKind
from buildtool.errors import (
    CONFIG_INVALID,
    REGISTRY_ANSWER,
    REGISTRY_CERTIFICATE,
    REGISTRY_FAILED,
    REGISTRY_SCHEME,
    REGISTRY_UNREACHABLE,
    BuildtoolError,
)
from tests.support.httpserver import Reply, serve
from tests.support.need import need
from tests.support.registries.distribution import debian_registry, distribution
from tests.support.registries.process import free_port
from tests.support.registries.tls import private_ca, server_context

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from buildtool.adapters.registry import RegistryClient
    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.registries.distribution import Served

HARBOR = 'Bearer realm="http://h/service/token",service="harbor-registry"'
OTHER = 'Bearer realm="http://h/token",service="any"'
VERSION = {"Docker-Distribution-Api-Version": "registry/2.0"}
HTML = {"Content-Type": "text/html"}


def failure(client: RegistryClient) -> BuildtoolError:
    with pytest.raises(BuildtoolError) as caught:
        client.probe()
    return caught.value


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(200, VERSION, b"{}"), ServerKind.UNKNOWN),
        (Reply(200, VERSION, b""), ServerKind.UNKNOWN),
        (Reply(200, {}, b"{}"), ServerKind.UNKNOWN),
        (Reply(401, {"WWW-Authenticate": HARBOR}), ServerKind.UNKNOWN),
        (Reply(401, {"WWW-Authenticate": OTHER}), ServerKind.UNKNOWN),
        (Reply(401, {"WWW-Authenticate": 'Basic realm="r"', **VERSION}), ServerKind.UNKNOWN),
    ],
)
def test_a_registry_is_known(clients: Clients, script: Script, reply: Reply, kind: ServerKind) -> None:
    script.on("GET", "/v2/", reply)
    facts = clients(script.host).probe()
    assert facts.kind is kind
    assert facts.date is not None
    assert abs(facts.date.timestamp() - time.time()) < 60
    assert script.lines() == ["GET /v2/", *(["GET /api/v2.0/ping"] if reply.status == 401 else [])]


@pytest.mark.parametrize("challenge", [HARBOR, OTHER])
def test_harbor_is_what_says_pong(clients: Clients, script: Script, challenge: str) -> None:
    script.on("GET", "/v2/", Reply(401, {"WWW-Authenticate": challenge}))
    script.on("GET", "/api/v2.0/ping", Reply(200, {}, b'"Pong"'))
    assert clients(script.host).probe().kind is ServerKind.HARBOR


@pytest.mark.parametrize("date", ["Mon, 01 Jan 99999 00:00:00 GMT", "yesterday", "1 2 3 4 5", "-" * 5000, ""])
def test_a_date_that_is_none(date: str) -> None:
    answer = Answer("GET", "http://h/v2/", 200, {"Date": date, **VERSION}, b"{}")
    assert read_probe(answer, "http://h").date is None
    zoneless = Answer("GET", "http://h/v2/", 200, {"Date": "Tue, 24 Nov 2026 23:32:56 -0000", **VERSION}, b"{}")
    told = read_probe(zoneless, "http://h").date
    assert told is not None
    assert told.timestamp() == 1_795_563_176


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(200, HTML, b"<html>login</html>"), REGISTRY_ANSWER),
        (Reply(404, HTML, b"<html>nginx</html>"), REGISTRY_ANSWER),
        (Reply(401, HTML, b"no challenge"), REGISTRY_ANSWER),
        (Reply(401, {"WWW-Authenticate": 'Basic realm="router"'}, b"<html>"), REGISTRY_ANSWER),
        (Reply(302, {"Location": "http://elsewhere/login"}), REGISTRY_ANSWER),
        (Reply(500), REGISTRY_FAILED),
        (Reply(503), REGISTRY_FAILED),
    ],
)
def test_what_is_no_registry_is_said_to_be_none(clients: Clients, script: Script, reply: Reply, kind: object) -> None:
    script.on("GET", "/v2/", reply)
    assert failure(clients(script.host)).kind is kind


def test_a_registry_below_a_path_only(clients: Clients, script: Script) -> None:
    """As docker finds none either: what to change is the proxy."""
    script.on("GET", "/v2/", Reply(404, HTML, b"<html>nginx</html>"))
    script.on("GET", "/harbor/v2/", Reply(200, VERSION, b"{}"))
    assert "pass /v2/ on to it" in failure(clients(script.host)).fix


def test_no_credentials_go_out(clients: Clients, script: Script) -> None:
    script.on("GET", "/v2/", Reply(401, {"WWW-Authenticate": HARBOR}))
    clients(script.host, credentials=lambda: pytest.fail("asked for credentials")).probe()
    assert "authorization" not in script.asked[0].headers


def test_nothing_listens(clients: Clients) -> None:
    error = failure(clients(f"127.0.0.1:{free_port()}"))
    assert error.kind is REGISTRY_UNREACHABLE
    assert "Connection refused" in error.message
    assert sum(clients.clock.slept) <= 4.0


def test_no_such_name(clients: Clients) -> None:
    assert failure(clients("registry.invalid:5000")).kind is REGISTRY_UNREACHABLE


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, clients: Clients) -> None:
    never = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: never.wait(60))
    error = failure(clients("registry.test:5000", limits=Limits(connect=0.1)))
    never.set()
    assert error.kind is REGISTRY_UNREACHABLE
    assert "no name server answers" in error.message


@pytest.mark.parametrize(
    "host", ["", "a b:5000", "x" * 300, "[::1", "h:port", "\u00e4:1", "a/b", "u:p@h", "h:1:2", "h\n"]
)
def test_a_host_that_is_no_host(clients: Clients, host: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        clients(host)
    assert caught.value.kind is CONFIG_INVALID


def test_a_port_that_is_no_port(clients: Clients) -> None:
    assert failure(clients("127.0.0.1:99999")).kind in (REGISTRY_UNREACHABLE, REGISTRY_ANSWER)


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert program is not None
    folder = tmp_path_factory.mktemp("tls")
    with distribution(program, folder, tls=private_ca(folder)) as served:
        yield served


def test_http_on_a_tls_port(clients: Clients, over_tls: Served) -> None:
    error = failure(clients(over_tls.host))
    assert error.kind is REGISTRY_SCHEME
    assert error.fix == "set insecure = false in buildtool.toml"


def test_http_on_a_tls_port_that_says_nothing(clients: Clients, tmp_path: Path) -> None:
    """Not every TLS server is as kind as Go's; this one just hangs up."""
    with serve(lambda handler, _: handler.reply(Reply(200)), server_context(private_ca(tmp_path))) as host:
        error = failure(clients(host))
    assert error.kind is REGISTRY_SCHEME


def test_tls_on_an_http_port(clients: Clients, script: Script) -> None:
    script.on("GET", "/v2/", Reply(200, VERSION, b"{}"))
    error = failure(clients(script.host, insecure=False))
    assert error.kind is REGISTRY_SCHEME
    assert error.fix == "set insecure = true in buildtool.toml"
    assert all("authorization" not in question.headers for question in script.asked)


def test_a_redirect_to_https_is_the_wrong_scheme(clients: Clients) -> None:
    with serve(
        lambda handler, question: handler.reply(
            Reply(308, {"Location": f"https://{question.headers['host']}{question.target}"})
        )
    ) as host:
        assert failure(clients(host)).kind is REGISTRY_SCHEME


def test_an_unknown_authority_is_named(clients: Clients, over_tls: Served) -> None:
    error = failure(clients(over_tls.host, insecure=False, ca_files=[]))
    assert error.kind is REGISTRY_CERTIFICATE
    assert "certs.d" in error.fix


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE"])
def test_the_authority_may_come_from_the_environment(clients: Clients, over_tls: Served, variable: str) -> None:
    environment = {variable: str(over_tls.ca)}
    facts = clients(over_tls.host, insecure=False, ca_files=[], environment=environment).probe()
    assert facts.url == over_tls.url


def test_a_certificate_for_another_name(clients: Clients, tmp_path: Path) -> None:
    program = debian_registry()
    need(program, "distribution 2.8 is not installed (Debian: apt-get install docker-registry)")
    assert program is not None
    tls = private_ca(tmp_path, "127.0.0.1", "localhost")
    wrong = private_ca(tmp_path / "wrong", "elsewhere.test", "127.0.0.1")
    with distribution(program, tmp_path, tls=wrong) as served:
        error = failure(clients(served.host, insecure=False, ca_files=[wrong.ca, tls.ca]))
    assert error.kind is REGISTRY_CERTIFICATE


def test_a_broken_authority_file(clients: Clients, over_tls: Served, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate", encoding="utf-8")
    for path in (file, tmp_path / "absent.pem"):
        error = failure(clients(over_tls.host, insecure=False, ca_files=[path]))
        assert error.kind is REGISTRY_CERTIFICATE
        assert str(path) in error.message


@pytest.mark.parametrize(
    ("header", "year"),
    [
        ("Tue, 24 Nov 2026 23:45:09 GMT", 2026),
        ("Tue, 24 Nov 2026 23:45:09 -0000", 2026),
        ("Tue, 24 Nov 9999 23:45:09 GMT", None),
        ("Tue, 24 Nov 2026 23:45:09 +9999", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_clock_of_any_kind(header: str, year: int | None) -> None:
    answer = Answer("GET", "http://h/v2/", 200, httpx.Headers({"Date": header}), b"{}")
    date = read_probe(answer, "http://h").date
    assert (date.year if date else None) == year
    assert date is None or int(date.timestamp()) > 0
