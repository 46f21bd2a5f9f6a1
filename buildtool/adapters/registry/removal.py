"""Removes one tag, and keeps other tags on the same digest: by tag, by a digest of its own, or by Harbor's API."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.adapters.registry.v2 import image_manifests
from buildtool.adapters.registry.v2.content import sha256
from buildtool.adapters.registry.v2.publish import put
from buildtool.core.registry.contents import Manifest, TagRemoval
from buildtool.errors import REGISTRY_FAILED, REGISTRY_SCAN, BuildtoolError

if TYPE_CHECKING:
    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository

ANNOTATION = "dev.buildtool.removed"
NOT_FOUND = 404
_NOT_BY_TAG = (400, 405)  # distribution 2.8 says 400 DIGEST_INVALID or 405 UNSUPPORTED, Harbor 400 UNSUPPORTED
_NO_SUCH_DIGEST = f"sha256:{'0' * 64}"
_UNKNOWN = ("MANIFEST_UNKNOWN", "NAME_UNKNOWN", "TAG_UNKNOWN", "NOT_FOUND", "REPOSITORY_NOT_FOUND", "BLOB_UNKNOWN")


class Removal:
    """The removal of one tag of one repository."""

    def __init__(self, session: Session, repository: Repository, tag: str) -> None:
        self._session = session
        self._repository = repository
        self._tag = tag
        self._scope = f"repository:{repository.path}:pull,push,delete"

    def run(self) -> TagRemoval:
        if not self._is_there():
            return TagRemoval.ABSENT
        api = HarborApi(self._session)
        if api.is_there():
            return api.delete_tag(self._repository, self._tag)
        answer = self._delete(self._tag)
        if answer.ok:
            return self._proven()
        if answer.status == NOT_FOUND and self._gone():
            return TagRemoval.REMOVED  # the answer to a first try was lost, or somebody else was faster
        if answer.status == NOT_FOUND and not says_unknown(answer):
            return TagRemoval.UNSUPPORTED  # this server has no such request
        if answer.status not in (*_NOT_BY_TAG, NOT_FOUND):
            raise refusal(answer, self._repository.path)
        return self._by_a_digest_of_its_own()

    def _is_there(self) -> bool:
        try:
            return image_manifests.digest(self._session, self._repository, self._tag) is not None
        except BuildtoolError as error:
            if error.kind is REGISTRY_SCAN:  # Harbor keeps it back from readers
                return True
            raise

    def _by_a_digest_of_its_own(self) -> TagRemoval:
        """For distribution 2.8, which deletes digests only, and with a digest all tags that share it.

        The tag first gets a digest nobody else has: the same manifest with one more annotation. Deleting that takes
        this tag away and leaves the old digest, and every other tag on it, as they were.
        """
        if self._delete(_NO_SUCH_DIGEST).status != NOT_FOUND:
            return TagRemoval.UNSUPPORTED  # deleting is switched off; found out before anything was changed
        before = image_manifests.get(self._session, self._repository, self._tag)
        own = unique(before)
        if image_manifests.digest(self._session, self._repository, own.digest) is not None:
            raise BuildtoolError(
                REGISTRY_FAILED, f"a digest made at random exists already: {own.digest}", place=self._tag
            )
        put(self._session, self._repository, self._tag, own)
        if image_manifests.digest(self._session, self._repository, self._tag) != own.digest:
            return self._left(own)  # another run has taken the tag in the meantime: it is theirs now
        answer = self._delete(own.digest)
        there = image_manifests.digest(self._session, self._repository, self._tag)
        if there == own.digest:  # nothing was deleted: let the tag hold what it held
            put(self._session, self._repository, self._tag, before)
        if not answer.ok and answer.status != NOT_FOUND:
            raise refusal(answer, self._repository.path)
        return TagRemoval.REMOVED if there is None else TagRemoval.UNSUPPORTED

    def _left(self, own: Manifest) -> TagRemoval:
        self._delete(own.digest)
        return TagRemoval.REMOVED

    def _proven(self) -> TagRemoval:
        # Said to be gone and still there: a registry that only pretends, or another run that wrote the tag just now.
        return TagRemoval.REMOVED if self._gone() else TagRemoval.UNSUPPORTED

    def _gone(self) -> bool:
        return image_manifests.digest(self._session, self._repository, self._tag) is None

    def _delete(self, reference: str) -> Answer:
        return self._session.ask(Request("DELETE", f"/v2/{self._repository.path}/manifests/{reference}", self._scope))


def says_unknown(answer: Answer) -> bool:
    """Whether a registry says of a reference that it has none, and not only that there is no such request."""
    return answer.status == NOT_FOUND and answer.has(*_UNKNOWN)


def unique(manifest: Manifest) -> Manifest:
    """The same manifest with one more annotation and so a digest no other tag can hold."""
    document = manifest.document()
    annotations = document.get("annotations")
    document["annotations"] = {
        **(annotations if isinstance(annotations, dict) else {}),
        ANNOTATION: secrets.token_hex(16),
    }
    body = json.dumps(document, separators=(",", ":")).encode()
    return Manifest(manifest.media_type, sha256(body), body)
