"""Bytes and their digests."""

from __future__ import annotations

import hashlib
import io
import re
from typing import IO, TYPE_CHECKING

from buildtool.core.registry.contents import INDEX_TYPES, MANIFEST_TYPES, Manifest
from buildtool.errors import REGISTRY_ANSWER, REGISTRY_DIGEST, BuildtoolError

if TYPE_CHECKING:
    from buildtool.adapters.registry.http.answer import Answer

ACCEPT = ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_CHUNK = 1 << 20
HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}


def sha256(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def is_digest(reference: str) -> bool:
    return ":" in reference  # a tag cannot hold one


def told_digest(answer: Answer) -> str | None:
    """`Docker-Content-Digest`, None where it is absent; raises registry-answer where it is no digest."""
    value = answer.headers.get("Docker-Content-Digest")
    if value is None or _DIGEST.fullmatch(value):
        return value
    raise BuildtoolError(
        REGISTRY_ANSWER, f"its Docker-Content-Digest is not a sha256 digest: {value[:100]!r}", place=answer.place
    )


def check(body: bytes, digest: str, place: str) -> None:
    """Raise registry-digest unless the bytes have this digest (sha256 or sha512)."""
    check_file(io.BytesIO(body), digest, place)


def check_file(file: IO[bytes], digest: str, place: str) -> None:
    """The same for what a file holds; leaves it at its start."""
    algorithm, _, _ = digest.partition(":")
    if algorithm not in HASHES:
        raise BuildtoolError(REGISTRY_ANSWER, f"its digest is of a kind we cannot check: {digest[:100]!r}", place=place)
    found, size = HASHES[algorithm](), 0
    file.seek(0)
    while part := file.read(_CHUNK):
        found.update(part)
        size += len(part)
    file.seek(0)
    actual = f"{algorithm}:{found.hexdigest()}"
    if actual != digest:
        raise BuildtoolError(REGISTRY_DIGEST, f"asked for {digest}, received {size} bytes of {actual}", place=place)


def read_manifest(answer: Answer, reference: str) -> Manifest:
    """The manifest in an answer to GET, checked against the digest asked for and the one told."""
    digest = sha256(answer.body)
    for wanted in (reference if is_digest(reference) else None, told_digest(answer)):
        if wanted is not None:
            check(answer.body, wanted, answer.place)
    document = answer.json()
    if not isinstance(document, dict):
        raise BuildtoolError(REGISTRY_ANSWER, "its manifest is not a JSON object", place=answer.place)
    declared = document.get("mediaType")
    kind = (
        declared
        if isinstance(declared, str) and declared
        else answer.headers.get("Content-Type", "").split(";")[0].strip()
    )
    if kind not in (*INDEX_TYPES, *MANIFEST_TYPES):
        raise BuildtoolError(REGISTRY_ANSWER, f"its manifest is of an unknown type: {kind[:100]!r}", place=answer.place)
    return Manifest(kind, digest, answer.body)
