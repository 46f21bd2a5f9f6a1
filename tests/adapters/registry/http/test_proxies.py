from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from buildtool.adapters.registry.http.proxies import Routes, docker_certificates, proxy_for
from buildtool.errors import BuildtoolError
from tests.support.httpserver import Reply, forward, serve

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adapters.registry.conftest import Clients, Script
    from tests.support.httpserver import Handler, Question

PROXY = "http://proxy.invalid:3128"


@pytest.mark.parametrize(
    ("url", "no_proxy", "wanted"),
    [
        ("http://192.168.0.40:5000/v2/", "", PROXY),
        ("http://192.168.0.40:5000/v2/", "192.168.0.0/16", None),
        ("http://192.168.0.40:5000/v2/", "10.0.0.0/8, 192.168.0.40", None),
        ("http://192.168.0.40:5000/v2/", "192.168.0.40:5000", None),
        ("http://192.168.0.40:5000/v2/", "192.168.0.40:80", PROXY),
        ("http://192.168.0.40/v2/", "192.168.0.40:80", None),
        ("http://127.0.0.1:5000/v2/", "", None),
        ("http://127.8.8.8:5000/v2/", "", None),
        ("http://[::1]:5000/v2/", "", None),
        ("http://[fd00::1]:5000/v2/", "fd00::/8", None),
        ("http://[fd00::1]:5000/v2/", "fd00::1", None),
        ("http://[fd00::1]:5000/v2/", "[fd00::1]", None),
        ("http://[fd00::1]:5000/v2/", "[fd00::1]:5000", None),
        ("http://[fd00::1]:5000/v2/", "[fd00::1]:80", PROXY),
        ("http://[fd00::1]/v2/", "[fd00::1]:80", None),
        ("http://[fd00::1]:5000/v2/", "fd00::2, fe80::/10", PROXY),
        ("http://192.168.0.40:5000/v2/", "192.168.0.4", PROXY),
        ("http://192.168.0.40:5000/v2/", "192.168.0.0/255.255.255.0:5000", None),
        ("http://harbor.home.lan:5000/v2/", "home.lan:5000", None),
        ("http://harbor.home.lan:5000/v2/", "home.lan:80", PROXY),
        ("http://harbor.home.lan/v2/", "*.home.lan", None),
        ("http://harbor.home.lan/v2/", "HOME.LAN", None),
        ("http://harbor.home.lan/v2/", " , ,", PROXY),
        ("http://localhost:5000/v2/", "", None),
        ("http://harbor.home.lan/v2/", "home.lan", None),
        ("http://harbor.home.lan/v2/", ".home.lan", None),
        ("http://home.lan/v2/", ".home.lan", PROXY),
        ("http://home.lan/v2/", "*.home.lan", PROXY),
        ("http://awayhome.lan/v2/", "home.lan", PROXY),
        ("http://harbor.home.lan/v2/", "*", None),
        ("http://harbor.home.lan/v2/", "300.1.1.1/99,,nonsense/8", PROXY),
        ("https://harbor.home.lan/v2/", "", None),
    ],
)
def test_the_rules_of_go(url: str, no_proxy: str, wanted: str | None) -> None:
    assert proxy_for(httpx.URL(url), {"HTTP_PROXY": PROXY, "NO_PROXY": no_proxy}) == wanted


def test_lower_case_wins_and_a_scheme_may_be_missing() -> None:
    url = httpx.URL("https://harbor.home.lan/v2/")
    assert proxy_for(url, {"https_proxy": "one:1", "HTTPS_PROXY": "http://two:2"}) == "http://one:1"


def test_requests_go_through_the_proxy(clients: Clients, script: Script) -> None:
    """`registry.test` is known to the proxy only."""
    script.on("GET", "/v2/", Reply(200, {"Docker-Distribution-Api-Version": "registry/2.0"}, b"{}"))
    seen: list[str] = []

    def proxy(handler: Handler, question: Question) -> None:
        seen.append(question.target)
        behind = type(question)(question.method, httpx.URL(question.target).raw_path.decode(), question.headers)
        handler.reply(forward(script.host, behind))

    with serve(proxy) as address:
        client = clients("registry.test:5000", environment={"http_proxy": f"http://{address}"})
        assert client.probe().url == "http://registry.test:5000"
        client.close()
    assert seen == ["http://registry.test:5000/v2/"]


def test_the_certificates_docker_uses(tmp_path: Path) -> None:
    folder = tmp_path / "h:5000"
    folder.mkdir()
    for name in ("ca.crt", "client.cert", "b.crt"):
        (folder / name).touch()
    assert [file.name for file in docker_certificates("h:5000", [tmp_path])] == ["b.crt", "ca.crt"]
    assert docker_certificates("other", [tmp_path]) == []


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "socks4://x", "ftp://x:1", "http://x:port"])
def test_a_proxy_that_speaks_no_http_is_named_as_that(proxy: str) -> None:
    routes = Routes({"http_proxy": proxy}, [])
    with pytest.raises(BuildtoolError, match="cannot be used") as caught:
        routes.handle_request(httpx.Request("GET", "http://192.168.99.99:5000/v2/"))
    assert caught.value.kind.code == "registry-unreachable"
    assert "NO_PROXY" in caught.value.fix
