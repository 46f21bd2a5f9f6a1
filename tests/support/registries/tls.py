"""A private certificate authority and a certificate for a server on loopback."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import trustme

from tests.support.registries.distribution import Tls

if TYPE_CHECKING:
    from pathlib import Path


def private_ca(folder: Path, *names: str) -> Tls:
    """Write CA, certificate and key; the certificate is for `localhost` and 127.0.0.1, or for `names`."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    leaf = authority.issue_cert(*(names or ("localhost", "127.0.0.1")))
    tls = Tls(folder / "server.pem", folder / "server.key", folder / "ca.pem")
    leaf.private_key_pem.write_to_path(tls.key)
    leaf.cert_chain_pems[0].write_to_path(tls.certificate)
    authority.cert_pem.write_to_path(tls.ca)
    return tls


def server_context(tls: Tls) -> ssl.SSLContext:
    """For servers of our own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    return context
