"""A stand-in for a registry that is a service: its token service and its ways, before a real distribution registry."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.support.httpserver import Question, Reply, forward, serve
from tests.support.registries.names import names
from tests.support.registries.service_facts import EXPIRED
from tests.support.registries.tls import private_ca, server_context

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.httpserver import Handler
    from tests.support.registries.names import Names
    from tests.support.registries.service_facts import Facts

_V2 = {"Docker-Distribution-Api-Version": "registry/2.0", "Content-Type": "application/json"}
_REPOSITORY = re.compile(r"/v2/(?P<path>.+?)/(?P<what>manifests|blobs|tags)/(?P<rest>.*)")
_LIFE = 300


@dataclass
class Service:
    """`limits` answer in turn, before anything else, the requests for manifests; `seen` are host and request.

    `made` are repositories made by hand, where they have to be; `expired` is whether every password is too old.
    """

    facts: Facts
    upstream: str
    ca: Path
    places: Names
    seen: list[tuple[str, Question]] = field(default_factory=list)
    limits: list[Reply] = field(default_factory=list)
    token_limits: list[Reply] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    immutable: bool = False
    expired: bool = False
    _tokens: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lines(self) -> list[str]:
        """Every request, as `host METHOD target`."""
        return [f"{host} {question.method} {question.target}" for host, question in self.seen]

    def answer(self, handler: Handler, question: Question) -> None:
        host = question.headers.get("host", "").removesuffix(":443")
        with self._lock:
            self.seen.append((host, question))
        handler.reply(self._reply(host, question))

    def _reply(self, host: str, question: Question) -> Reply:
        if host == self.facts.tokens and question.path == self.facts.realm:
            return self.token_limits.pop(0) if self.token_limits else self._token(question)
        if host != self.facts.api or not question.path.startswith("/v2/"):
            return Reply(404, {"Content-Type": "text/html"}, b"<html>nothing here</html>")
        found = _REPOSITORY.fullmatch(question.path)
        if found is None:
            return self._hello(question)
        path, what = found["path"], found["what"]
        if what == "manifests" and question.method in ("GET", "HEAD") and self.limits:
            return self.limits.pop(0)
        refused = self._refused(question, path)
        return refused if refused is not None else self._allowed(question, path, what, found["rest"])

    def _hello(self, question: Question) -> Reply:
        if question.path != "/v2/":
            return self._challenge("registry:catalog:*", "insufficient_scope")
        known = self._who(question) is not None if not self.facts.tokens else self._token_of(question) is not None
        return Reply(200, _V2, b"{}") if known else self._challenge("")

    def _refused(self, question: Question, path: str) -> Reply | None:
        """The answer to who may not do that; None for who may."""
        scope = f"repository:{path}:pull{'' if question.method in ('GET', 'HEAD') else ',push'}"
        if not self.facts.tokens:
            who = self._who(question)
            if who is None:
                return self._challenge("")
            if self.expired:
                return _fault(*EXPIRED)
            return None if self._owns(path) else _fault(*self.facts.refused)
        token = self._token_of(question)
        if token is None:
            return self._challenge(scope)
        _, allowed = token
        wanted = "pull" if question.method in ("GET", "HEAD") else "push"
        hidden = self.facts.hides and wanted == "pull" and not self._exists(path)
        if f"{path}:{wanted}" in allowed and not hidden:
            return None
        status, code, words = self.facts.refused
        return self._challenge(scope, "insufficient_scope") if status == 401 else _fault(status, code, words)

    def _allowed(self, question: Question, path: str, what: str, rest: str) -> Reply:
        if self.facts.must_exist and path not in self.made:
            words = f"The repository with name '{path}' does not exist in the registry with id '123456789012'"
            return _fault(404, "NAME_UNKNOWN", words)
        if question.method == "DELETE" and what == "manifests" and self.facts.delete is not None:
            return _fault(*self.facts.delete)
        if self.immutable and (question.method, what) == ("PUT", "manifests") and rest in self._tags(path):
            words = (
                f"The image tag '{rest}' already exists in the '{path}' repository and cannot be overwritten "
                "because the repository is immutable."
            )
            return _fault(400, "TAG_INVALID", words)
        answer = self._forward(question)
        if answer.status == 201:
            self.made.add(path)
        return self._page(question, path, answer) if what == "tags" and self.facts.pages else answer

    def _page(self, question: Question, path: str, answer: Reply) -> Reply:
        """Distribution 2.8 gives everything at once; the services give pages."""
        if answer.status != 200:
            return answer
        query = parse_qs(urlsplit(question.target).query)
        size = min(int(query.get("n", [0])[0]) or self.facts.pages, self.facts.pages)
        tags = sorted(json.loads(answer.body)["tags"] or [])
        left = [tag for tag in tags if tag > query.get("last", [""])[0]]
        headers = dict(_V2)
        if len(left) > size:
            headers["Link"] = f'</v2/{path}/tags/list?last={left[size - 1]}&n={size}>; rel="next"'
        return Reply(200, headers, json.dumps({"name": path, "tags": left[:size]}).encode())

    def _exists(self, path: str) -> bool:
        return path in self.made or bool(self._tags(path))

    def _tags(self, path: str) -> list[str]:
        answer = forward(self.upstream, Question("GET", f"/v2/{path}/tags/list", {}))
        return (json.loads(answer.body)["tags"] or []) if answer.status == 200 else []

    def _forward(self, question: Question) -> Reply:
        """As a proxy does that ends the encryption: the addresses in the answer begin with https."""
        headers = {**question.headers, "x-forwarded-proto": "https"}
        return forward(self.upstream, replace(question, headers=headers), drop=frozenset({"authorization"}))

    def _owns(self, path: str) -> bool:
        return path.startswith(self.facts.namespace)

    def _who(self, question: Question) -> str | None:
        """The user of a Basic login; "" for nobody, None for a wrong password."""
        header = question.headers.get("authorization", "")
        if not header.startswith("Basic "):
            return None if not self.facts.tokens else ""
        user, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        return user if (user, password) == (self.facts.user, self.facts.password) else None

    def _token_of(self, question: Question) -> tuple[str, set[str]] | None:
        return self._tokens.get(question.headers.get("authorization", "").removeprefix("Bearer "))

    def _token(self, question: Question) -> Reply:
        query = parse_qs(urlsplit(question.target).query)
        user = self._who(question)
        if user is None or query.get("service") != [self.facts.service]:
            return Reply(401, {"Content-Type": "application/json"}, b'{"details":"incorrect username or password"}')
        allowed = {
            f"{name}:{action}"
            for scope in query.get("scope", [])
            for _, name, actions in [scope.split(":")]
            for action in actions.split(",")
            if (user and self._owns(name)) or (action == "pull" and name.startswith("library/"))
        }
        value = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens[value] = (user, allowed)
        life = {"expires_in": _LIFE, "issued_at": "2026-11-25T09:00:00Z"} if self.facts.says_life else {}
        return Reply(
            200, {"Content-Type": "application/json"}, json.dumps({self.facts.token_key: value, **life}).encode()
        )

    def _challenge(self, scope: str, error: str = "") -> Reply:
        realm = f"https://{self.facts.tokens or self.facts.api}{self.facts.realm if self.facts.tokens else '/'}"
        parts = [f'realm="{realm}"', f'service="{self.facts.service}"']
        parts += [f'{key}="{value}"' for key, value in (("scope", scope), ("error", error)) if value]
        header = f"{'Bearer' if self.facts.tokens else 'Basic'} {','.join(parts)}"
        _, code, words = self.facts.refused if error else (401, "UNAUTHORIZED", "authentication required")
        return Reply(401, {**_V2, "WWW-Authenticate": header}, _body(code, words))


def _fault(status: int, code: str, words: str) -> Reply:
    return Reply(status, _V2, _body(code, words))


def _body(code: str, words: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": words, "detail": None}]}).encode()


@contextlib.contextmanager
def service(facts: Facts, upstream: str, folder: Path) -> Iterator[Service]:
    """Serve as the service until the block ends. `upstream` is the registry behind it, `host:port` over HTTP."""
    hosts = dict.fromkeys((facts.api, facts.tokens or facts.api))
    tls = private_ca(folder, *hosts)
    places: dict[str, str] = {}
    with names(places) as proxy:
        made = Service(facts, upstream, tls.ca, proxy)
        with serve(made.answer, server_context(tls)) as address:
            places.update({f"{host}:443": address for host in hosts})
            yield made
