"""`/v2/…/blobs/…` of Harbor: blobs are kept in memory."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.support.harbor.replies import VERSION, empty, error
from tests.support.httpserver import Reply
from tests.support.registries.images import sha256

if TYPE_CHECKING:
    from tests.support.harbor.state import State
    from tests.support.httpserver import Question

_STATE = "_state=Zm9v"


def answer(state: State, question: Question, path: str, rest: str) -> Reply:
    if not rest.startswith("uploads/"):
        return _blob(state, question, rest)
    name = rest.removeprefix("uploads/")
    query = {key: values[0] for key, values in parse_qs(urlsplit(question.target).query).items()}
    with state.lock:
        if question.method == "POST":
            return _begin(state, question, path, query)
        if name not in state.uploads:
            return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        if question.method == "DELETE":
            del state.uploads[name]
            return empty(204, **VERSION, **{"Docker-Upload-Uuid": name})
        state.uploads[name] += question.body
        if question.method == "PUT":
            return _end(state, question, path, name, query.get("digest", ""))
        return _continues(question, path, name, 202 if question.method == "PATCH" else 204, state)


def _blob(state: State, question: Question, digest: str) -> Reply:
    body = state.blobs.get(digest)
    if body is None:
        return error(404, "BLOB_UNKNOWN", "blob unknown to registry")
    headers = {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest, "Etag": f'"{digest}"'}
    return Reply(200, {**headers, "Content-Length": str(len(body))}, body)


def _begin(state: State, question: Question, path: str, query: dict[str, str]) -> Reply:
    if query.get("mount") in state.blobs and state.repository(query.get("from", "")) is not None:
        return _stored(question, path, query["mount"])
    name = str(uuid.uuid4())
    state.uploads[name] = question.body
    if query.get("digest"):
        return _end(state, question, path, name, query["digest"])
    return _continues(question, path, name, 202, state)


def _continues(question: Question, path: str, name: str, status: int, state: State) -> Reply:
    place = f"http://{question.headers['host']}/v2/{path}/blobs/uploads/{name}?{_STATE}"
    size = len(state.uploads[name])
    headers = {"Docker-Upload-Uuid": name, "Location": place, "Range": f"0-{max(0, size - 1)}"}
    return empty(status, **VERSION, **headers)


def _end(state: State, question: Question, path: str, name: str, digest: str) -> Reply:
    body, project = state.uploads[name], state.project_of(path)
    assert project is not None
    full = state.over_quota(project, len(body))
    if full is not None:
        return error(403, "DENIED", full)
    if sha256(body) != digest:
        return error(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
    del state.uploads[name]
    state.blobs[digest] = body
    return _stored(question, path, digest)


def _stored(question: Question, path: str, digest: str) -> Reply:
    place = f"http://{question.headers['host']}/v2/{path}/blobs/{digest}"
    return empty(201, **VERSION, **{"Docker-Content-Digest": digest, "Location": place})
