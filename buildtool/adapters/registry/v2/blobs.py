"""Blobs on their way into a repository: whether one is there, mounted from another repository, uploaded as a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.errors import REGISTRY_ANSWER, REGISTRY_DIGEST, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository

_CREATED, _NOT_FOUND = 201, 404
_LEAST_SECONDS = 600.0
_SLOWEST = 128 << 10  # bytes in a second: a blob that takes longer is given up


def patience(size: int) -> float:
    """How many seconds a blob of this size may take."""
    return _LEAST_SECONDS + size / _SLOWEST


def is_there(session: Session, repository: Repository, digest: str) -> bool:
    """Whether the repository holds the blob."""
    path, scope = f"/v2/{repository.path}/blobs/{digest}", f"repository:{repository.path}:pull"
    answer = session.ask(Request("HEAD", path, scope))
    if answer.ok:
        return True
    if answer.status == _NOT_FOUND:
        return False
    raise refusal(answer, repository.path)


def mounted(session: Session, source: str, repository: Repository, digest: str) -> bool:
    """Take a blob over from the repository at the path `source` of the same registry; False where that is not done.

    A registry need not do it (it may not, or this account may not), and then begins an upload, which is cancelled.
    """
    scope = f"repository:{repository.path}:pull,push repository:{source}:pull"
    path = f"/v2/{repository.path}/blobs/uploads/"
    query = f"?mount={quote(digest, safe=':')}&from={quote(source, safe='/')}"
    try:
        answer = session.ask(Request("POST", path + query, scope, content=b""))
        location = answer.headers.get("Location")
        if answer.ok and answer.status != _CREATED and location:
            session.ask(Request("DELETE", session.own_path(location, path), scope))
    except BuildtoolError:  # a token service may know no token for two repositories: the bytes are sent then
        return False
    return answer.status == _CREATED


def upload(session: Session, repository: Repository, digest: str, size: int, body: Iterable[bytes]) -> None:
    """Stream a blob into the repository, with retries from its beginning; `body` may be iterated several times."""
    scope, path = f"repository:{repository.path}:pull,push", f"/v2/{repository.path}/blobs/uploads/"
    seconds, tried = patience(size), False

    def attempt() -> None:
        nonlocal tried
        if tried and is_there(session, repository, digest):
            return  # only the answer was lost
        tried = True
        begun = session.once(Request("POST", path, scope, content=b""))
        if not begun.ok:
            raise refusal(begun, repository.path)
        location = begun.headers.get("Location")
        if not location:
            words = "it accepts an upload, but its answer has no Location"
            raise BuildtoolError(REGISTRY_ANSWER, words, place=begun.place)
        there = session.own_path(location, path)
        there += f"{'&' if '?' in there else '?'}digest={quote(digest, safe=':')}"
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        _settle(session.once(Request("PUT", there, scope, headers, body, seconds=seconds)), repository, digest)

    session.healing(attempt, total=seconds)


def _settle(answer: Answer, repository: Repository, digest: str) -> None:
    if answer.ok:
        return
    if answer.has("DIGEST_INVALID"):
        message = f"it received other bytes than {digest}: {answer.words}"
        raise BuildtoolError(REGISTRY_DIGEST, message, place=answer.place)
    error = refusal(answer, repository.path)
    # A replica of the registry may not know yet of the upload that another one has just begun.
    raise HealableError(error) if answer.has("BLOB_UPLOAD_UNKNOWN") else error
