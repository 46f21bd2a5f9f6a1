"""HTTP status, Harbor's messages and those of services -> a retry, or the error for the user."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.retry import retry_after
from buildtool.core.registry.rate_limit import read_limit
from buildtool.core.registry.service_refusals import meaning
from buildtool.core.registry.services import HUB, Service, login_command, region_of, service_of
from buildtool.errors import (
    REGISTRY_ANSWER,
    REGISTRY_AUTH,
    REGISTRY_DENIED,
    REGISTRY_FAILED,
    REGISTRY_IMMUTABLE,
    REGISTRY_LIMIT,
    REGISTRY_NOT_FOUND,
    REGISTRY_PROJECT,
    REGISTRY_QUOTA,
    REGISTRY_SCAN,
    BuildtoolError,
)

if TYPE_CHECKING:
    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.errors import (
        Kind,
    )

TOO_MANY = 429
SERVER_ERROR = 500
GATEWAY = (502, 503, 504)
# What Harbor's core says while PostgreSQL is away, with the status of a wrong password.
_DATABASE = (401, 500)
_NO_DATABASE = "failed to connect to "
_NO_PROJECT = "invalid repository name"
_MISSING_PROJECT = re.compile(r"project ([a-z0-9._-]{1,255}) not found")
_QUOTA = ("quota", "exceed the configured upper limit")
_READ_ONLY = "read only mode"
_PROXY = "to a proxy project"
_PULL_LIMIT = "pull rate limit"  # Docker Hub's, which is counted over hours
_SHORT_WINDOW = 60  # seconds: a limit over more than that does not heal within a run
_KINDS: dict[int, Kind] = {
    401: REGISTRY_AUTH,
    403: REGISTRY_DENIED,
    404: REGISTRY_NOT_FOUND,
    405: REGISTRY_DENIED,
    407: REGISTRY_DENIED,
    412: REGISTRY_IMMUTABLE,
    413: REGISTRY_DENIED,
    429: REGISTRY_FAILED,
}


def heal(answer: Answer, now: int) -> Answer:
    """The answer, unless trying again may bring a better one: then HealableError with the pause it asks for."""
    if answer.status in _DATABASE and _NO_DATABASE in answer.words:
        raise HealableError(
            BuildtoolError(REGISTRY_FAILED, f"its database is down: {_said(answer)}", place=answer.place)
        )
    if answer.status == TOO_MANY:
        _raise_limit(answer, now)
    if answer.status == TOO_MANY or answer.status in GATEWAY:
        wait = retry_after(answer.headers.get("Retry-After"), now)
        asked = f" and asks to wait {wait:.0f} s" if wait is not None else ""
        raise HealableError(
            BuildtoolError(REGISTRY_FAILED, f"it answered {_said(answer)}{asked}", place=answer.place), wait=wait
        )
    return answer


def _raise_limit(answer: Answer, now: int) -> None:
    """Raise for an answer that tells a limit of requests: at once where its time is not near."""
    limit = read_limit(answer.headers, now, retry_after(answer.headers.get("Retry-After"), now))
    hub = service_of(_host(answer)) is Service.HUB
    if not (limit.is_told or answer.has("TOOMANYREQUESTS") or hub):
        return
    fix = f"run the same command again: {limit.again(now)}" if limit.wait is not None else None
    if hub and (limit.counts_addresses or "unauthenticated" in answer.words.lower()):
        fix = f"{login_command(HUB)}: an account is counted by itself, and not with all others at this address"
    error = BuildtoolError(
        REGISTRY_LIMIT, f"it answered {_said(answer)}: {limit.words(now)}", fix=fix, place=answer.place
    )
    long = limit.is_used_up and (limit.window or 0) > _SHORT_WINDOW
    if limit.wait is None and (long or _PULL_LIMIT in answer.words.lower()):
        raise error
    raise HealableError(error, wait=limit.wait)


def refusal(answer: Answer, path: str = "") -> BuildtoolError:
    """The failure of an answer that is not what was hoped for; `path` is the repository's, where there is one."""
    host = _host(answer)
    known = meaning(host, path, answer.words)
    kind = (known.kind if known is not None else None) or _kind(answer, path)
    fix = known.fix if known is not None else _fix(kind, path, answer.words.lower())
    if fix is None and kind is REGISTRY_AUTH and region_of(host):
        fix = login_command(host)
    return BuildtoolError(kind, f"it answered {_said(answer)}", fix=fix, place=answer.place)


def _host(answer: Answer) -> str:
    return urlsplit(answer.url).netloc.rpartition("@")[2]


def _kind(answer: Answer, path: str) -> Kind:
    """The first rule that fits: the words of Harbor say more than its status, the code more than the class."""
    words = answer.words.lower()
    quota = answer.status in (403, 413) and any(said in words for said in _QUOTA)
    no_project = answer.status in (401, 403, 404) and "project" in words and "not found" in words
    rules = (
        (_NO_PROJECT in words and "/" not in path, REGISTRY_PROJECT),
        (no_project, REGISTRY_PROJECT),
        (answer.has("PROJECTPOLICYVIOLATION"), REGISTRY_SCAN),
        (quota, REGISTRY_QUOTA),
        (answer.has("TAG_INVALID") and "immutable" in words, REGISTRY_IMMUTABLE),
        (answer.status >= SERVER_ERROR, REGISTRY_FAILED),
        (answer.has("UNAUTHORIZED"), REGISTRY_AUTH),
        (answer.has("DENIED"), REGISTRY_DENIED),
    )
    return next((kind for fits, kind in rules if fits), _KINDS.get(answer.status, REGISTRY_ANSWER))


def _fix(kind: Kind, path: str, words: str) -> str | None:
    project, _, rest = path.partition("/")
    named = _MISSING_PROJECT.search(words)
    project = named[1] if named is not None and rest else project  # a proxy may put something in front of it
    if _READ_ONLY in words:
        return "Harbor: Administration, Configuration, System Settings: clear `Repository Read Only`"
    if _PROXY in words:
        return f"{project!r} only mirrors another registry: name a project of your own in `registry` of buildtool.toml"
    if kind is not REGISTRY_PROJECT or not path:
        return None
    if not rest:
        return f'write registry = "HOST:PORT/PROJECT" in buildtool.toml, so that the image is PROJECT/{path}'
    return f"create the project {project!r} in Harbor, or name another one in `registry` of buildtool.toml"


def _said(answer: Answer) -> str:
    return f"{answer.status}{f' ({answer.words})' if answer.words else ''}"
