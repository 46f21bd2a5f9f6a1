"""Who asks, and what they may: Basic, tokens, and Harbor's own words for no."""

from __future__ import annotations

import base64
import fnmatch
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.support.harbor.replies import NO_DATABASE, empty, unauthorized, v2_document
from tests.support.harbor.state import Token
from tests.support.httpserver import Reply

if TYPE_CHECKING:
    from tests.support.harbor.state import Account, Project, State
    from tests.support.httpserver import Question

REALM = 'Basic realm="harbor"'


def basic(state: State, question: Question) -> Account | None:
    """The account behind user and password; None for none, a wrong one, or one that works no more."""
    header = question.headers.get("authorization", "")
    if not header.startswith("Basic ") or state.database_down:
        return None
    try:
        name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except ValueError:
        return None
    found = (one for one in state.accounts if (one.name, one.secret) == (name, secret))
    return next((one for one in found if one.works), None)


@dataclass(frozen=True)
class Caller:
    """`token` is None for a caller who has shown user and password, or nothing."""

    account: Account | None = None
    token: Token | None = None

    def may(self, state: State, project: Project, action: str) -> bool:
        if self.token is not None and project.name not in self.token.projects:
            return False
        if action == "pull" and project.public and (self.account is not None or self.token is not None):
            return True
        account = self.account
        return account is not None and account.works and account.may(project.name, f"repository:{action}")


def caller(state: State, question: Question) -> Caller:
    header = question.headers.get("authorization", "")
    if not header.startswith("Bearer "):
        return Caller(basic(state, question))
    token = state.tokens.get(header.removeprefix("Bearer "))
    if token is None or token.expires < time.time():
        return Caller()
    return Caller(token.account, token)


def known(state: State, question: Question) -> bool:
    """Whether `/v2/` itself lets the caller in."""
    who = caller(state, question)
    return who.account is not None


def refused(state: State, question: Question, path: str, action: str) -> Reply | None:
    """Why the caller may not do this to the repository; None where they may."""
    project, shown = state.project_of(path), "authorization" in question.headers
    if state.database_down and shown:
        return unauthorized(f"{NO_DATABASE}: {NO_DATABASE}", "")
    words = f"unauthorized to access repository: {path}, action: {action}"
    if not shown and question.method in ("GET", "HEAD"):
        words = "authorize header needed to send HEAD to repository"
    elif project is None:
        missing = f"project {path.partition('/')[0]} not found"
        return unauthorized(f"{missing}: {missing}", "")
    who = caller(state, question)
    if project is not None and who.may(state, project, action):
        return None
    return unauthorized(f"{words}: {words}", challenge(state, question, path, action))


def challenge(state: State, question: Question, path: str, action: str) -> str:
    """With any Authorization header Harbor asks for Basic, whatever was shown."""
    if "authorization" in question.headers:
        return REALM
    host = question.headers["host"]
    scheme = urlsplit(state.external_url or f"http://{host}").scheme
    actions = {"push": "pull,push"}.get(action, action)
    scope = f',scope="repository:{path}:{actions}"' if path else ""
    return f'Bearer realm="{scheme}://{host}/service/token",service="harbor-registry"{scope}'


def token(state: State, question: Question) -> Reply:
    """`/service/token`: with a scope it never refuses."""
    if question.method != "GET":
        return Reply(405, {"Content-Type": "text/plain; charset=utf-8"}, b"Method Not Allowed\n")
    account = basic(state, question)
    scopes = parse_qs(urlsplit(question.target).query).get("scope", [])
    if not scopes and account is None:
        return empty(401)
    now = time.time()
    value = secrets.token_urlsafe(24)
    state.tokens[value] = Token(account, now + state.token_life, frozenset(state.projects))
    answer: dict[str, Any] = {"token": value, "access_token": "", "expires_in": int(state.token_life)}
    return v2_document({**answer, "issued_at": "2026-11-24T23:33:05Z"})


def immutable(project: Project, repository: str, tag: str) -> bool:
    """Whether a rule takes the tag. Patterns of tests are plain enough for fnmatch."""
    return any(_takes(rule, repository, tag) for rule in project.immutable if not rule.get("disabled"))


def _takes(rule: dict[str, Any], repository: str, tag: str) -> bool:
    scope = rule["scope_selectors"]["repository"][0]
    named = fnmatch.fnmatchcase(repository, scope["pattern"]) is (scope["decoration"] == "repoMatches")
    selector = rule["tag_selectors"][0]
    return named and fnmatch.fnmatchcase(tag, selector["pattern"]) is (selector["decoration"] == "matches")
