"""`/v2/…/manifests/…` of Harbor."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from tests.support.harbor.access import immutable
from tests.support.harbor.replies import VERSION, empty, error, errors
from tests.support.httpserver import Reply
from tests.support.registries.images import sha256

if TYPE_CHECKING:
    from tests.support.harbor.state import Artifact, Project, Repository, State
    from tests.support.httpserver import Question

_POLICY = (
    'cannot be pulled due to configured policy in \'Prevent images with vulnerability severity of "High" or higher '
    "from running.' To continue with pull, please contact your project administrator"
)
_CVES = "to exempt matched vulnerabilities through configuring the CVE allowlist."


def answer(state: State, question: Question, path: str, reference: str) -> Reply:
    with state.lock:
        if question.method == "PUT":
            first = _put(state, question, path, reference)
            return _put(state, question, path, reference) if state.repeats else first
        return _delete(state, path, reference) if question.method == "DELETE" else _get(state, path, reference)


def _find(state: State, path: str, reference: str) -> Artifact | Reply:
    repository = state.repository(path)
    if repository is None:
        return error(404, "NOT_FOUND", f"repository {path} not found")
    found = repository.find(reference)
    if found is None:
        return error(404, "NOT_FOUND", f"artifact {path}{'@' if ':' in reference else ':'}{reference} not found")
    return found


def _get(state: State, path: str, reference: str) -> Reply:
    found, project = _find(state, path, reference), state.project_of(path)
    if isinstance(found, Reply):
        return found
    assert project is not None
    held = held_back(state, project, found)
    if held is not None:
        return error(412, "PROJECTPOLICYVIOLATION", held)
    found.pulled = time.time()
    headers = {
        **VERSION,
        "Content-Type": found.media_type,
        "Docker-Content-Digest": found.digest,
        "Etag": f'"{found.digest}"',
    }
    return Reply(200, {**headers, "Content-Length": str(len(found.body))}, found.body)


def held_back(state: State, project: Project, artifact: Artifact) -> str | None:
    """Harbor's words where nobody may read it; without any scanner everything may be read."""
    if not project.prevents or state.scanner is None or artifact.is_index:
        return None
    if artifact.scan is None:
        return f"current image without vulnerability scanning {_POLICY} for help."
    if artifact.scan.now != "Success":
        return f'current image with "{artifact.scan.now}" status of vulnerability scanning {_POLICY} for help.'
    if artifact.scan.severity in ("High", "Critical"):
        return f"current image with 1 vulnerability {_POLICY} {_CVES}"
    return None


def _put(state: State, question: Question, path: str, reference: str) -> Reply:
    project, repository, by_tag = state.project_of(path), state.repository(path), ":" not in reference
    assert project is not None
    name = path.partition("/")[2]
    held = repository.find(reference) if repository is not None and by_tag else None
    if held is not None and immutable(project, name, reference):
        words = f"Failed to process request due to '{name}:{reference}' configured as immutable."
        return error(412, "PRECONDITION", words)
    full = state.over_quota(project, len(question.body))
    if full is not None:
        return error(403, "DENIED", full)
    missing = [digest for digest in _needed(question.body) if not _has(state, repository, digest)]
    if missing:
        unknown = {"code": "MANIFEST_BLOB_UNKNOWN", "message": "blob unknown to registry"}
        kind = {**VERSION, "Content-Type": "application/json; charset=utf-8"}
        return Reply(400, kind, errors([{**unknown, "detail": digest} for digest in missing]))
    digest = sha256(question.body)
    if not by_tag and reference != digest:
        return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
    state.store(path, question.body, digest, question.headers.get("content-type", ""), reference if by_tag else None)
    place = f"http://{question.headers['host']}/v2/{path}/manifests/{digest}"
    return empty(201, **VERSION, **{"Docker-Content-Digest": digest, "Location": place})


def _needed(body: bytes) -> list[str]:
    document = json.loads(body)
    entries = [*document.get("layers", []), *document.get("manifests", [])]
    return [entry["digest"] for entry in [*entries, *([document["config"]] if "config" in document else [])]]


def _has(state: State, repository: Repository | None, digest: str) -> bool:
    return digest in state.blobs or (repository is not None and digest in repository.artifacts)


def _delete(state: State, path: str, reference: str) -> Reply:
    if ":" not in reference:
        return error(400, "UNSUPPORTED", f"unsupported digest {reference}: invalid checksum digest format")
    found, project, repository = _find(state, path, reference), state.project_of(path), state.repository(path)
    if isinstance(found, Reply):
        return found
    assert project is not None
    assert repository is not None
    for tag in found.tags:
        if immutable(project, path.partition("/")[2], tag):
            return error(412, "PRECONDITION", f"the tag {tag} configured as immutable, cannot be deleted")
    del repository.artifacts[reference]  # and all its tags with it
    return empty(202)
