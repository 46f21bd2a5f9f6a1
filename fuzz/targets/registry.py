"""Whatever a registry may answer: every request gets the next of the case's answers, and the last one for ever."""

from __future__ import annotations

import contextlib
import json
from typing import IO, TYPE_CHECKING, cast

import httpx

from buildtool.adapters.registry.client import RegistryClient
from buildtool.adapters.registry.harbor.actions import Harbor
from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.adapters.registry.harbor.reader import read_facts
from buildtool.adapters.registry.http.answer import Answer
from buildtool.adapters.registry.http.limits import Limits
from buildtool.adapters.registry.http.retry import Retries
from buildtool.adapters.registry.login.auth import Authenticator, Credential
from buildtool.adapters.registry.login.session import Session
from buildtool.adapters.registry.v2.probe import read_probe
from buildtool.core.image.names import Repository
from buildtool.core.registry.contents import Manifest
from buildtool.core.registry.harbor import Use, judge
from buildtool.core.text.secrets import Secrets
from buildtool.errors import BuildtoolError
from fuzz.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.adapters.registry.http.wire import Wire

_BASE = "http://h:5000"
_WEB = Repository("h:5000", "site/web")
_DIGEST = "sha256:" + "ab" * 32
_MOST_EXCHANGES = 2000


def _answer(status: int, headers: Mapping[str, str], body: object) -> bytes:
    lines = [str(status), *(f"{name}: {value}" for name, value in headers.items()), "", json.dumps(body)]
    return "\n".join(lines).encode()


_END = b"\n====\n"
_BEARER = {"WWW-Authenticate": 'Bearer realm="http://h:5000/service/token",service="harbor-registry",scope="a"'}
_ERROR = {"errors": [{"code": "DENIED", "message": "no"}]}
_TOKEN = {"token": "abc", "access_token": "abc", "expires_in": 60, "issued_at": "2026-01-01T00:00:00Z"}
_LOGIN = _answer(401, _BEARER, _ERROR) + _END + _answer(200, {}, _TOKEN) + _END
_TAGS = _answer(
    200, {"Link": '</v2/site/web/tags/list?n=2&last=b>; rel="next"'}, {"name": "site/web", "tags": ["a", "b"]}
)
_NARROW = {"WWW-Authenticate": 'Bearer realm="http://h:5000/t",scope="repository:w:pull",error="insufficient_scope"'}
_MISSING = _LOGIN + _answer(401, _NARROW, _ERROR) + _END + _answer(202, {"Location": "/v2/u/1"}, {})
_LIMITED = _answer(
    429,
    {"RateLimit-Limit": "100;w=21600", "RateLimit-Remaining": "0;w=21600", "Docker-RateLimit-Source": "203.0.113.7"},
    {"errors": [{"code": "TOOMANYREQUESTS", "message": "You have reached your pull rate limit."}]},
)
_FACTS = {
    "external_url": "http://h",
    "read_only": False,
    "metadata": {"prevent_vul": "true", "auto_scan": "false", "retention_id": "1"},
    "quota": {"hard": {"storage": 9}, "used": {"storage": 8}},
    "rules": [{"template": "always", "tag_selectors": [], "scope_selectors": {"repository": []}}],
    "scan_overview": {"x": {"scan_status": "Success"}},
}


class _Clock:
    def now(self) -> int:
        return 1_800_000_000

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0


class _Wire:
    def __init__(self, data: bytes) -> None:
        self._answers = [_read(part) for part in data.split(_END)]
        self._asked = 0

    def exchange(  # noqa: PLR0913 -- as the real one
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        content: bytes | None = None,  # noqa: ARG002
        limit: int | None = None,  # noqa: ARG002
        sink: IO[bytes] | None = None,
        read: float | None = None,  # noqa: ARG002
        seconds: float | None = None,  # noqa: ARG002
    ) -> Answer:
        status, answered, body = self._answers[min(self._asked, len(self._answers) - 1)]
        self._asked += 1
        assert self._asked < _MOST_EXCHANGES, "it asks for ever"
        if sink is not None and status == 200:  # noqa: PLR2004
            sink.write(body)
            body = b""
        return Answer(method, url, status, answered, body)

    def close(self) -> None:
        pass


def _read(data: bytes) -> tuple[int, httpx.Headers, bytes]:
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    pairs = [(name or b"x", value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    return int(first[:3]) if first[:3].isdigit() else 500, httpx.Headers(pairs), body


def _client(data: bytes) -> RegistryClient:
    client = RegistryClient("h:5000", insecure=True, clock=_Clock(), secrets=Secrets())
    client.close()
    wire = cast("Wire", _Wire(data))
    find, clock = (lambda: Credential("robot$ci", "password")), _Clock()
    auth = Authenticator(_BASE, wire, find=find, secrets=Secrets(), clock=clock, token_hosts=["auth.h"])
    retries = Retries(Limits(attempts=2), _Clock(), lambda _: None)
    client.session = Session(_BASE, wire, auth, retries, clock)
    return client


def _asking(ask: Callable[[RegistryClient], object]) -> Callable[[bytes], object]:
    return lambda data: ask(_client(data))


def _probe(data: bytes) -> None:
    status, headers, body = _read(data)
    facts = read_probe(Answer("GET", f"{_BASE}/v2/", status, headers, body), _BASE)
    if facts.date is not None:
        int(facts.date.timestamp())


def _harbor(client: RegistryClient) -> None:
    facts = read_facts(client.session, [_WEB])
    judge(facts, [Use(_WEB, "main-1", "unproven", "main-0", ("main-0",))], 1_800_000_000)


def _work(client: RegistryClient) -> None:
    work = Harbor(client.session, _Clock())
    for ask in (
        lambda: work.why_refused([_WEB]),
        lambda: work.create_project(_WEB),
        lambda: HarborApi(client.session).delete_tag(_WEB, "a"),
        lambda: work.wait_for_scan(_WEB, _DIGEST, 0.0),
    ):
        with contextlib.suppress(BuildtoolError):
            ask()


def _push(client: RegistryClient) -> None:
    client.check_push(_WEB)
    client.put_manifest(_WEB, "a", _MANIFEST)


def _blob(client: RegistryClient) -> None:
    with client.open_blob(_WEB, _DIGEST) as file:
        file.read()


_MANIFEST = Manifest(
    "application/vnd.oci.image.manifest.v1+json",
    "sha256:" + "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    b"{}",
)
_DATE = {"Date": "Tue, 24 Nov 2026 23:45:09 GMT", "Docker-Distribution-Api-Version": "registry/2.0"}
_HEADERS = (
    b"Link: ",
    b"Location: ",
    b'WWW-Authenticate: Basic realm="x"',
    b"Retry-After: 9",
    b"Date: ",
    b"RateLimit-Reset: 9",
    _END,
)
TARGETS = tuple(
    Target(f"registry-{name}", seeds, run, words=_HEADERS, share=share)
    for name, seeds, run, share in (
        ("probe", (_answer(401, {**_BEARER, **_DATE}, _ERROR), _answer(200, _DATE, {})), _probe, 1.0),
        ("tags", (_LOGIN + _TAGS, _TAGS, _MISSING, _LIMITED), _asking(lambda client: list(client.tags(_WEB))), 1.0),
        (
            "manifests",
            (_LOGIN + _answer(200, {"Docker-Content-Digest": _DIGEST}, {}), _answer(404, {}, _ERROR)),
            _asking(lambda client: (client.digest(_WEB, "a"), client.manifest(_WEB, "a"))),
            1.0,
        ),
        (
            "blobs",
            (_answer(200, {}, {}), _answer(307, {"Location": "http://o/x"}, {}) + _END + _answer(200, {}, {})),
            _asking(_blob),
            0.5,
        ),
        (
            "push",
            (
                _LOGIN + _answer(202, {"Location": "/v2/site/web/blobs/uploads/1?_state=x"}, {}),
                _answer(412, {}, _ERROR),
            ),
            _asking(_push),
            0.5,
        ),
        (
            "removal",
            (_LOGIN + _answer(202, {}, {}), _answer(405, {}, _ERROR), _answer(200, {}, _FACTS)),
            _asking(lambda client: client.remove_tag(_WEB, "a")),
            0.5,
        ),
        ("harbor", (_answer(200, {}, _FACTS), _answer(200, {}, [_FACTS])), _asking(_harbor), 1.0),
        ("harbor-work", (_answer(200, {}, _FACTS), _answer(201, {}, _FACTS)), _asking(_work), 0.5),
    )
)
