"""Requests to one registry, with authentication, safe redirects and retries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from buildtool.adapters.registry.http.status_codes import heal
from buildtool.adapters.registry.login.trust import same_origin
from buildtool.errors import REGISTRY_ANSWER, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.http.retry import Clock, Retries
    from buildtool.adapters.registry.http.wire import Wire
    from buildtool.adapters.registry.login.auth import Authenticator

T = TypeVar("T")
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """`path` begins with a slash, query included; `scope` is what a token must allow, several with blanks between.

    `limit` bounds the answer, whose body goes to `sink` where there is one. `content` that comes part by part is asked
    for its parts anew at each try. `seconds` is how long the exchange may take, where it is not as the limits say.
    """

    method: str
    path: str
    scope: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | Iterable[bytes] | None = None
    limit: int | None = None
    sink: IO[bytes] | None = None
    seconds: float | None = None


class Session:
    """`base` is `http://host:port` or `https://…`; paths begin with a slash. `is_harbor` is None until it was asked.

    `harbor_path` is what stands before `/api/` of a Harbor behind a proxy, "" for most.
    """

    is_harbor: bool | None = None
    harbor_path: str = ""

    def __init__(self, base: str, wire: Wire, auth: Authenticator, retries: Retries, clock: Clock) -> None:
        self.base = base
        self.auth = auth
        self.limits = retries.limits
        self._wire = wire
        self._retries = retries
        self._clock = clock

    def healing(self, operation: Callable[[], T], *, total: float | None = None) -> T:
        """Run with retries; `total` seconds at most."""
        return self._retries.run(operation, total=total)

    def ask(self, request: Request) -> Answer:
        """Send until there is an answer that trying again would not better: any status but 429, 502, 503, 504."""
        return self.healing(lambda: self.once(request))

    def hello(self, *, read: float) -> Answer:
        """`/v2/` without credentials and redirects, `read` seconds of silence at most; one try."""
        return heal(self._wire.exchange("GET", f"{self.base}/v2/", read=read), self._clock.now())

    def ask_plain(self, request: Request) -> Answer:
        """As `ask`, without answering challenges: for APIs beside `/v2/`."""
        return self.healing(lambda: heal(self._send(request, {}), self._clock.now()))

    def once(self, request: Request) -> Answer:
        """One try: at most two requests where a challenge must be answered, more where it is redirected."""
        authorization = self.auth.header(request.scope)
        answer = self._send(request, authorization)
        if answer.status == 401 and self.auth.learn(answer, request.scope, authorization):  # noqa: PLR2004
            answer = self._send(request, self.auth.header(request.scope))
            if answer.status == 401:  # noqa: PLR2004
                self.auth.take_refusal(answer, request.scope)
        return heal(answer, self._clock.now())

    def _send(self, request: Request, authorization: Mapping[str, str]) -> Answer:
        sent = {**request.headers, **authorization}
        url = self.base + request.path
        answer = self._wire.exchange(
            request.method,
            url,
            headers=sent,
            content=request.content,
            limit=request.limit,
            sink=request.sink,
            seconds=request.seconds,
        )
        return self._redirected(answer, sent, request) if request.method in ("GET", "HEAD") else answer

    def own_path(self, location: str, current: str) -> str:
        """Path and query of a Location or Link of the registry itself, whatever host it believes to have."""
        parts = urlsplit(_join(self.base + current, location))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _redirected(self, answer: Answer, sent: Mapping[str, str], request: Request) -> Answer:
        """Follow the redirect. Another host gets no credentials: its URL is signed.

        A redirect back from another host stays without credentials: that host chose the address.
        """
        headers = dict(sent)
        for _ in range(_MOST_REDIRECTS):
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            target = _join(answer.url, location)
            self._check(answer, target)
            if not same_origin(target, self.base):
                headers = {key: value for key, value in headers.items() if key.lower() != "authorization"}
            answer = self._wire.exchange(
                answer.method,
                target,
                headers=headers,
                limit=request.limit,
                sink=request.sink,
                seconds=request.seconds,
            )
        raise BuildtoolError(REGISTRY_ANSWER, "it redirects without end", place=answer.place)

    def _check(self, answer: Answer, target: str) -> None:
        scheme = urlsplit(target).scheme
        if scheme not in ("http", "https") or (scheme == "http" and answer.url.startswith("https:")):
            raise BuildtoolError(
                REGISTRY_ANSWER,
                f"it redirects to an address that is not HTTPS: {target.split('?', maxsplit=1)[0][:200]}",
                place=answer.place,
            )


def _join(base: str, location: str) -> str:
    try:
        joined = urljoin(base, location)
        urlsplit(joined)
    except ValueError as error:
        raise BuildtoolError(
            REGISTRY_ANSWER, f"it names an address that is no URL: {location[:200]!r}", place=base
        ) from error
    return joined
