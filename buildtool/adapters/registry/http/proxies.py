"""HTTP_PROXY and NO_PROXY by the rules of Go programs (docker, BuildKit, Flux), CIDR blocks included."""

from __future__ import annotations

import ipaddress
import os
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from buildtool.errors import REGISTRY_CERTIFICATE, REGISTRY_UNREACHABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def proxy_for(url: httpx.URL, environment: Mapping[str, str]) -> str | None:
    """The proxy for this URL, or None. Loopback never goes through one."""
    name = f"{url.scheme}_proxy"
    proxy = environment.get(name) or environment.get(name.upper()) or ""
    if not proxy or _loopback(url.host):
        return None
    excluded = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if any(_matches(entry.strip().lower(), url) for entry in excluded.split(",") if entry.strip()):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _matches(entry: str, url: httpx.URL) -> bool:
    if entry == "*":
        return True
    with_port = entry.count(":") == 1 or "]:" in entry  # an IPv6 address holds colons of its own
    host, _, port = entry.rpartition(":") if with_port else (entry, "", "")
    if port and port != str(url.port or {"http": 80, "https": 443}.get(url.scheme)):
        return False
    address = _address(url.host)
    if address is not None:
        return _within(address, host)
    domain = host.removeprefix("*").removeprefix(".")
    return url.host.endswith(f".{domain}") or (url.host == domain and not host.startswith((".", "*.")))


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address, entry: str) -> bool:
    try:
        return address in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


class Routes(httpx.BaseTransport):
    """Connections, kept and reused, one pool per way out (scheme and proxy)."""

    def __init__(self, environment: Mapping[str, str], ca_files: Sequence[Path]) -> None:
        self._environment = environment
        self._ca_files = ca_files
        self._pools: dict[tuple[str, str | None], httpx.HTTPTransport] = {}
        self._making = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._pool(request.url).handle_request(request)

    def _pool(self, url: httpx.URL) -> httpx.HTTPTransport:
        key = (url.scheme, proxy_for(url, self._environment))
        with self._making:  # threads that begin together share one
            if key not in self._pools:
                self._pools[key] = self._new(*key)
            return self._pools[key]

    def _new(self, scheme: str, proxy: str | None) -> httpx.HTTPTransport:
        # reading the certificate store takes longer than a request on a LAN: not for plain HTTP
        verify = (
            trust(self._environment, self._ca_files) if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        return httpx.HTTPTransport(verify=verify, proxy=_usable(proxy), trust_env=False)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()


def _usable(proxy: str | None) -> httpx.Proxy | None:
    """The proxy of a variable; raises registry-unreachable for one that is no HTTP proxy, such as a SOCKS one."""
    try:
        made = httpx.Proxy(proxy) if proxy is not None else None
        if made is None or made.url.scheme in {"http", "https"}:
            return made
        why = f"it is a {made.url.scheme} proxy, and buildtool speaks to HTTP proxies only"
    except (ValueError, httpx.InvalidURL):
        why = "it is no address"
    raise BuildtoolError(
        REGISTRY_UNREACHABLE,
        f"the proxy that the environment names (HTTP_PROXY, HTTPS_PROXY) cannot be used: {why}",
        fix="name an HTTP proxy there, or leave the registry out of it with NO_PROXY",
    )


def trust(environment: Mapping[str, str], ca_files: Sequence[Path]) -> ssl.SSLContext:
    """The trusted certificates: the system's store, SSL_CERT_FILE and SSL_CERT_DIR, and the given private CAs."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    file, folder = environment.get("SSL_CERT_FILE"), environment.get("SSL_CERT_DIR")
    sources: list[tuple[Path | None, Path | None]] = [(Path(file), None)] if file else []
    sources += [(None, Path(folder))] if folder else []
    for cafile, capath in [*sources, *((path, None) for path in ca_files)]:
        try:
            context.load_verify_locations(cafile, capath)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise BuildtoolError(REGISTRY_CERTIFICATE, f"{cafile or capath} is not a certificate: {why}") from error
    return context


def docker_certificates(host: str, folders: Sequence[Path]) -> list[Path]:
    """The CAs docker itself uses for this registry: `certs.d/HOST:PORT/*.crt`."""
    return sorted(file for folder in folders for file in (folder / host).glob("*.crt") if os.path.isfile(file))


DOCKER_FOLDERS = (Path("/etc/docker/certs.d"),)
