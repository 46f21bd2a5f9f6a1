"""Why Harbor refuses a push: an upload that is not completed shows its message; BuildKit prints the status only."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.errors import REGISTRY_AUTH, REGISTRY_DENIED, REGISTRY_QUOTA, BuildtoolError

if TYPE_CHECKING:
    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository

# Sent for its refusal only: the digest is none of these bytes, so that nothing is stored where they would fit.
_SIZES = (1 << 20, 16 << 20)


def why(session: Session, repository: Repository) -> BuildtoolError | None:
    """What Harbor says to an upload, and to its size; None where it would take it."""
    path, scope = f"/v2/{repository.path}/blobs/uploads/", f"repository:{repository.path}:pull,push"
    for size in _SIZES:
        begun = session.ask(Request("POST", path, scope, content=b""))
        if not begun.ok:
            return explained(session, refusal(begun, repository.path), repository)
        answer = _fill(session, session.own_path(begun.headers.get("Location", path), path), scope, size)
        error = refusal(answer, repository.path)
        if error.kind in (REGISTRY_QUOTA, REGISTRY_DENIED, REGISTRY_AUTH):
            return error
    return None


def _fill(session: Session, place: str, scope: str, size: int) -> Answer:
    target = f"{place}{'&' if '?' in place else '?'}digest=sha256:{secrets.token_hex(32)}"
    return session.ask(Request("PUT", target, scope, {"Content-Type": "application/octet-stream"}, bytes(size)))


def explained(session: Session, error: BuildtoolError, repository: Repository) -> BuildtoolError:
    """A refusal, with what Harbor says of the login: a token of a wrong password only has no rights."""
    if error.kind is not REGISTRY_AUTH:
        return error
    works, credential = HarborApi(session).login_works(), session.auth.credential
    if works is None or credential is None:
        return error
    user = credential.username
    if not works:
        message = f"Harbor does not accept the login of {user!r}: a wrong password, or an account disabled or expired"
        fix = "see in Harbor (project, Robot Accounts) whether it has expired, or docker login again"
        return BuildtoolError(REGISTRY_AUTH, message, fix=fix, place=error.place)
    message = f"{user!r} is logged in, and may not do this with {repository}: {error.message}"
    fix = f"Harbor: project {repository.project}: give it the right to pull and push repositories"
    return BuildtoolError(REGISTRY_DENIED, message, fix=fix, place=error.place)
