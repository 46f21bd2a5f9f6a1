"""Answers the challenges of a registry: credentials go to it and to its token service, and to no other server."""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlencode, urlsplit

from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.status_codes import SERVER_ERROR, heal
from buildtool.adapters.registry.login import trust
from buildtool.adapters.registry.login.challenge import hidden_prefix, read_challenge, without_prefix
from buildtool.errors import REGISTRY_ANSWER, REGISTRY_AUTH, REGISTRY_FAILED, REGISTRY_REALM, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.http.retry import Clock
    from buildtool.adapters.registry.http.wire import Wire
    from buildtool.adapters.registry.login.challenge import Challenge
    from buildtool.core.text.secrets import Secrets

_LEEWAY_SECONDS = 10
_DEFAULT_LIFE_SECONDS = 60  # of the token specification, for a service that does not say


@dataclass(frozen=True, slots=True)
class Credential:
    """A user name (robots' `$` included) with a password, or an identity token as `docker login` stores one."""

    username: str
    password: str = field(repr=False)
    identity_token: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class _Token:
    value: str = field(repr=False)
    expires: int


class Authenticator:
    """Answers one registry's challenges. `find` is asked for credentials once, and only when something needs them.

    Threads may share it: those that need the same token at the same time get one.

    `token_hosts` are the token services that may know them beside the registry's own host; `say` is told once of each.
    `prefix` is what a proxy takes from the beginning of names (`harbor/`), learnt from challenges where it is "".
    """

    prefix: str = ""

    def __init__(  # noqa: PLR0913 -- by name
        self,
        base: str,
        wire: Wire,
        *,
        find: Callable[[], Credential | None],
        secrets: Secrets,
        clock: Clock,
        token_hosts: Collection[str] = (),
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._base = base
        self._wire = wire
        self._find = find
        self._secrets = secrets
        self._clock = clock
        self._token_hosts = token_hosts
        self._say = say
        self._named: set[str] = set()
        self._challenge: Challenge | None = None
        self._credential: Credential | None = None
        self._searched = False
        self._tokens: dict[str, _Token] = {}
        self._too_narrow: set[str] = set()
        self._searching = threading.Lock()
        self._fetching: dict[str, threading.Lock] = {}

    @property
    def credential(self) -> Credential | None:
        with self._searching:
            if not self._searched:
                self._credential = self._find()
                self._searched = True
                if self._credential is not None:
                    for value in (self._credential.password, self._credential.identity_token, _basic(self._credential)):
                        self._secrets.add(value)
        return self._credential

    @property
    def realm(self) -> str:
        """The address of the token service, "" before the first challenge and for a registry that has none."""
        return self._challenge.realm if self._challenge is not None and self._challenge.scheme == "bearer" else ""

    def is_too_narrow(self, scope: str) -> bool:
        """Whether the registry said that its own token, asked for with this scope, does not allow it."""
        return scope in self._too_narrow

    def take_refusal(self, answer: Answer, scope: str) -> None:
        """Take in a 401 that came although there was a token for this scope."""
        challenge = read_challenge(answer.headers.get("WWW-Authenticate", ""))
        if challenge is not None and challenge.error == "insufficient_scope":
            self._too_narrow.add(scope)

    def basic(self) -> dict[str, str]:
        """The header for Harbor's own API, which takes user and password directly; empty without credentials."""
        return {"Authorization": f"Basic {_basic(self.credential)}"} if self.credential is not None else {}

    def header(self, scope: str) -> dict[str, str]:
        """What is known to be wanted for this scope; empty before the first challenge."""
        if self._challenge is None:
            return {}
        if self._challenge.scheme == "basic":
            return self.basic()
        with self._fetching.setdefault(scope, threading.Lock()):
            token = self._tokens.get(scope)
            if token is None or token.expires <= self._clock.now():
                token = self._tokens[scope] = self._fetch(self._challenge, scope)
        return _bearer(token)

    def learn(self, answer: Answer, scope: str, sent: dict[str, str]) -> bool:
        """Take in a 401 that came although `sent` was sent; True when the request is worth sending again.

        Only answers of the registry itself count: a server that it redirects to must not ask for the password.
        """
        challenge = read_challenge(answer.headers.get("WWW-Authenticate", ""))
        if challenge is None or not trust.same_origin(answer.url, self._base):
            return False
        known = self._challenge
        if known is not None and known.scheme == "bearer" and challenge.scheme == "basic":
            challenge = known  # Harbor asks for Basic as soon as anything was shown, and goes on taking tokens
        self._check_realm(challenge)
        self._challenge = challenge
        self.prefix = hidden_prefix(scope, challenge.scope) or self.prefix
        if challenge.scheme == "basic":
            return self.credential is not None and self.basic() != sent
        with self._fetching.setdefault(scope, threading.Lock()):
            token = self._tokens.get(scope)
            if token is not None and _bearer(token) == sent:  # else another thread has a newer one by now
                del self._tokens[scope]  # expired earlier than it said, or revoked, or not wide enough
        return True

    def forget_tokens(self) -> None:
        """Tokens state rights at the time they were made: after a project was created they are stale."""
        self._tokens.clear()

    def _check_realm(self, challenge: Challenge) -> None:
        if challenge.scheme != "bearer":
            return
        there = trust.origin(challenge.realm)
        if there is None:
            raise BuildtoolError(
                REGISTRY_ANSWER,
                f"the address of its token service is not a URL: {challenge.realm[:200]!r}",
                place=self._base,
            )
        if there[0] == "http" and self._base.startswith("https:"):
            raise BuildtoolError(
                REGISTRY_REALM,
                f"it is reached over HTTPS, but the password would go unencrypted to {challenge.realm[:200]}",
                place=self._base,
            )

    def _told_to(self, realm: str) -> Credential | None:
        """The credential where the token service may know it; raises where it may not."""
        credential, there = self.credential, urlsplit(realm).netloc.rpartition("@")[2]
        if credential is None:
            return None
        own = urlsplit(self._base).netloc
        if not trust.may_know(self._base, realm, self._token_hosts):
            message = f"it sends its clients to {there} for a token, and the login was given for {own} alone"
            fix = f'if {there} is its token service, write token_hosts = ["{there}"] under [push] in buildtool.toml'
            raise BuildtoolError(REGISTRY_REALM, message, fix=fix, place=self._base)
        if not trust.same_origin(realm, self._base) and there not in self._named:
            self._named.add(there)
            self._say(f"{own} lets {there} hand out its tokens: the login goes there")
        return credential

    def _fetch(self, challenge: Challenge, scope: str) -> _Token:
        answer = self._ask(challenge, scope)
        if not answer.ok:
            raise self._refused(answer, challenge)
        document = answer.json()
        document = document if isinstance(document, dict) else {}
        value = document.get("token") or document.get("access_token")
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            raise BuildtoolError(REGISTRY_ANSWER, "the token service's answer holds no token", place=challenge.realm)
        self._secrets.add(value)
        life = document.get("expires_in")
        seconds = life if isinstance(life, int) and life > 0 else _DEFAULT_LIFE_SECONDS
        # from our own clock: its `issued_at` may be hours off. Never below one request.
        return _Token(value, self._clock.now() + max(1, seconds - _LEEWAY_SECONDS))

    def _ask(self, challenge: Challenge, scope: str) -> Answer:
        scopes = [*scope.split(), *without_prefix(scope, self.prefix)]
        fields = [("service", challenge.service), *(("scope", one) for one in scopes)]
        credential, realm = self._told_to(challenge.realm), urldefrag(challenge.realm).url
        try:
            if credential is not None and credential.identity_token:
                form = {
                    "service": challenge.service,
                    **({"scope": " ".join(scopes)} if scopes else {}),
                    "grant_type": "refresh_token",
                    "refresh_token": credential.identity_token,
                    "client_id": "buildtool",
                }
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                answer = self._wire.exchange("POST", realm, headers=kind, content=urlencode(form).encode())
            else:
                join = "&" if "?" in realm else "?"
                answer = self._wire.exchange("GET", f"{realm}{join}{urlencode(fields)}", headers=self.basic())
        except (BuildtoolError, HealableError) as error:
            raise self._unreachable(error, challenge) from error
        return heal(answer, self._clock.now())

    def _unreachable(
        self, error: BuildtoolError | HealableError, challenge: Challenge
    ) -> BuildtoolError | HealableError:
        """A realm of another scheme than the registry's own, on the same host, is a wrong `external_url`."""
        here, there = urlsplit(self._base), urlsplit(challenge.realm)
        if here.hostname != there.hostname or here.scheme == there.scheme:
            return error
        ours = error.error if isinstance(error, HealableError) else error
        return BuildtoolError(
            REGISTRY_REALM,
            f"it is reached over {here.scheme} but sends its clients to {challenge.realm[:200]} for a token, "
            f"and nothing answers there: {ours.message}",
            place=self._base,
        )

    def _refused(self, answer: Answer, challenge: Challenge) -> BuildtoolError:
        who = f"for user {self.credential.username!r}" if self.credential is not None else "without credentials"
        words = f": {answer.words}" if answer.words else ""
        if answer.status in (401, 403):
            return BuildtoolError(REGISTRY_AUTH, f"no token {who}{words}", place=challenge.realm)
        kind = REGISTRY_FAILED if answer.status >= SERVER_ERROR else REGISTRY_ANSWER
        return BuildtoolError(kind, f"the token service answered {answer.status}{words}", place=challenge.realm)


def _bearer(token: _Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.value}"}


def _basic(credential: Credential | None) -> str:
    if credential is None:
        return ""
    return base64.b64encode(f"{credential.username}:{credential.password}".encode("utf-8", "surrogateescape")).decode()
