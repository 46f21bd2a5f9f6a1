"""Manifests by tag or digest, as `/v2/` gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.adapters.registry.v2.content import ACCEPT, read_manifest, told_digest

if TYPE_CHECKING:
    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest

_NOT_FOUND = 404


def get(session: Session, repository: Repository, reference: str) -> Manifest:
    """A manifest or index, its bytes checked against the digest."""
    answer = _ask(session, "GET", repository, reference)
    if not answer.ok:
        raise refusal(answer, repository.path)
    return read_manifest(answer, reference)


def digest(session: Session, repository: Repository, reference: str) -> str | None:
    """The digest behind a tag or digest; None where there is no such thing."""
    answer = _ask(session, "HEAD", repository, reference)
    if answer.status == _NOT_FOUND:
        return None
    if answer.ok and (told := told_digest(answer)) is not None:
        return told
    # An answer to HEAD has no body: the words of a refusal, or the bytes to take the digest of, come with GET.
    answer = _ask(session, "GET", repository, reference)
    if answer.status == _NOT_FOUND:
        return None
    if not answer.ok:
        raise refusal(answer, repository.path)
    return read_manifest(answer, reference).digest


def _ask(session: Session, method: str, repository: Repository, reference: str) -> Answer:
    path, scope = f"/v2/{repository.path}/manifests/{reference}", f"repository:{repository.path}:pull"
    return session.ask(Request(method, path, scope, {"Accept": ACCEPT}, limit=session.limits.manifest_bytes))
