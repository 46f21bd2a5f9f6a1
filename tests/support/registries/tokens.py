"""A real token server: JWTs by the distribution token specification, which a registry verifies by certificate."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.httpserver import Handler, Question

SERVICE = "test registry"
ISSUER = "test tokens"
USER, PASSWORD = "robot$team+builder", "s3cr3t: with spaces & $igns"


@dataclass
class TokenServer:
    """`users` maps a name to its password; `readers` may only pull; `life` is the tokens' life in seconds."""

    folder: Path
    users: dict[str, str] = field(default_factory=lambda: {USER: PASSWORD})
    readers: frozenset[str] = frozenset()
    anonymous_may_pull: bool = False
    life: int = 300
    questions: list[Question] = field(default_factory=list)
    minted: list[str] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._certificate = _certificate(self._key)
        self.bundle.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    @property
    def bundle(self) -> Path:
        return self.folder / "tokens.pem"

    @property
    def realm(self) -> str:
        return f"http://{self.address}/token"

    def configuration(self) -> dict[str, Any]:
        """The `auth` section of a registry that trusts this server."""
        return {
            "token": {"realm": self.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(self.bundle)}
        }

    def answer(self, handler: Handler, question: Question) -> None:
        with self._lock:
            self.questions.append(question)
        if question.path != "/token" or question.method != "GET":
            handler.reply(Reply(405 if question.path == "/token" else 404))
            return
        user = self._user(question)
        if user is None:
            words = {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]}
            handler.reply(Reply(401, {"Content-Type": "application/json"}, json.dumps(words).encode()))
            return
        body = {"token": self.mint(user, parse_qs(urlsplit(question.target).query).get("scope", []))}
        document = json.dumps({**body, "expires_in": self.life}).encode()
        handler.reply(Reply(200, {"Content-Type": "application/json"}, document))

    def mint(self, user: str, scopes: list[str]) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": user,
            "aud": SERVICE,
            "exp": now + self.life,
            "nbf": now - 5,
            "iat": now,
            "jti": str(len(self.questions)),
            "access": [entry for scope in scopes if (entry := self._access(user, scope))],
        }
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        head = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
        signed = f"{_part(json.dumps(head).encode())}.{_part(json.dumps(claims).encode())}"
        token = f"{signed}.{_part(self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"
        self.minted.append(token)
        return token

    def _user(self, question: Question) -> str | None:
        """The name, "" for nobody, None for a wrong password."""
        header = question.headers.get("authorization", "")
        if not header:
            return ""
        name, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        return name if self.users.get(name) == password else None

    def _access(self, user: str, scope: str) -> dict[str, Any] | None:
        kind, name, actions = scope.split(":")
        allowed = (
            {"pull"} if user in self.readers or (not user and self.anonymous_may_pull) else set(actions.split(","))
        )
        if not user and not self.anonymous_may_pull:
            return None
        return {"type": kind, "name": name, "actions": sorted(allowed & set(actions.split(",")))}


@contextlib.contextmanager
def token_server(folder: Path, **settings: Any) -> Iterator[TokenServer]:
    server = TokenServer(folder, **settings)
    with serve(server.answer) as address:
        server.address = address
        yield server


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, ISSUER)])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
