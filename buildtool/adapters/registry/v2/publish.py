"""Writes a tag; the outcome is known even when the answer is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.adapters.registry.v2.content import ACCEPT, told_digest
from buildtool.errors import REGISTRY_ANSWER, REGISTRY_DIGEST, REGISTRY_IMMUTABLE, BuildtoolError

if TYPE_CHECKING:
    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest

# A replica of the registry may not see yet what another one has just stored (harbor#22417).
_NOT_YET = ("BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN")


def put(session: Session, repository: Repository, reference: str, manifest: Manifest) -> None:
    """PUT the manifest under a tag (or its digest), with retries; done once it is seen to be there."""
    scope = f"repository:{repository.path}:pull,push"
    path = f"/v2/{repository.path}/manifests/{reference}"

    def holds() -> bool:
        return _digest_at(session, path, scope) == manifest.digest

    def attempt() -> None:
        kind = {"Content-Type": manifest.media_type}
        try:
            answer = session.once(Request("PUT", path, scope, kind, manifest.body))
        except HealableError:
            if holds():
                return  # only the answer was lost
            raise
        # Immutability may compare the tag, not the digest (Harbor): the identical image is refused too. And an answer
        # that does not name the digest is no proof that anything was stored.
        refused = not answer.ok and refusal(answer, repository.path).kind is REGISTRY_IMMUTABLE
        unclear = refused or (answer.ok and told_digest(answer) is None)
        if not (unclear and holds()):
            _settle(answer, repository, manifest.digest)

    session.healing(attempt)


def _settle(answer: Answer, repository: Repository, digest: str) -> None:
    if not answer.ok:
        error = refusal(answer, repository.path)
        raise HealableError(error) if answer.has(*_NOT_YET) else error
    told = told_digest(answer)
    if told is None:
        raise BuildtoolError(REGISTRY_ANSWER, "it says it stored a manifest that is not there", place=answer.place)
    if told != digest:
        raise BuildtoolError(REGISTRY_DIGEST, f"sent {digest}, and it says it stored {told}", place=answer.place)


def _digest_at(session: Session, path: str, scope: str) -> str | None:
    try:
        answer = session.once(Request("HEAD", path, scope, {"Accept": ACCEPT}))
        return told_digest(answer) if answer.ok else None
    except (HealableError, BuildtoolError):
        return None  # not known: the first failure is the one to tell
