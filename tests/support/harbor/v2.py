"""`/v2/` of Harbor: its own rules, then the real registry behind. Tags live in Harbor's database, not behind it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.support.harbor.replies import document, error
from tests.support.httpserver import Question, Reply, forward
from tests.support.registries.images import sha256

if TYPE_CHECKING:
    from tests.support.harbor.state import State

_ROUTE = re.compile(r"/v2/(?P<path>.+?)/(?P<kind>manifests|blobs|tags)/(?P<rest>.*)")
_ACTIONS = {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}
_PRIVATE = frozenset({"authorization"})


def answer(state: State, behind: str, question: Question) -> Reply:  # noqa: PLR0911 -- one for each rule
    if question.path == "/v2/":
        known = question.headers.get("authorization", "").removeprefix("Bearer ") in state.tokens
        return document({}) if known else _unauthorized(state, question, "")
    route = _ROUTE.fullmatch(question.path)
    if route is None:
        return error(404, "NOT_FOUND", "not found")
    path = route["path"]
    if "/" not in path:  # before authentication
        return error(400, "BAD_REQUEST", f"invalid repository name: {path}")
    denied = _denied(state, question, path, _action(question, route["kind"]))
    if denied is not None:
        return denied
    if route["kind"] == "tags":
        return _tags(state, path, question)
    if route["kind"] == "manifests":
        return _manifest(state, behind, question, path, route["rest"])
    return forward(behind, question, drop=_PRIVATE)


def _action(question: Question, kind: str) -> str:
    """An upload is cancelled by who may push; a manifest is deleted by who may delete."""
    if question.method == "DELETE" and kind == "blobs":
        return "push"
    return _ACTIONS.get(question.method, "push")


def _denied(state: State, question: Question, path: str, action: str) -> Reply | None:
    allowed = state.allowed(question.headers.get("authorization", ""), path, action)
    scope = f"repository:{path}:{'pull' if action == 'pull' else f'pull,{action}'}"
    if allowed is None:
        return _unauthorized(state, question, scope)
    project = state.project_of(path)
    if project is None:
        return error(401, "UNAUTHORIZED", f"project {path.partition('/')[0]} not found")
    if not allowed:
        return error(401, "UNAUTHORIZED", f"unauthorized to access repository: {path}, action: {action}: unauthorized")
    if action != "pull" and state.read_only:
        return error(403, "DENIED", "The system is in read only mode. Any modification is prohibited.")
    return None


def _unauthorized(state: State, question: Question, scope: str) -> Reply:
    outside = state.external_url or f"http://{question.headers['host']}"
    scheme = urlsplit(outside).scheme
    realm = f'Bearer realm="{scheme}://{question.headers["host"]}/service/token",service="harbor-registry"'
    challenge = realm + (f',scope="{scope}"' if scope else "")
    return error(401, "UNAUTHORIZED", "unauthorized: unauthorized", **{"Www-Authenticate": challenge})


def _tags(state: State, path: str, question: Question) -> Reply:
    known = state.tags(path)
    if known is None:
        return error(404, "NOT_FOUND", f"repository {path} not found")
    names = sorted(known, key=str.encode)
    query = parse_qs(urlsplit(question.target).query)
    last = query.get("last", [""])[0]
    rest = [name for name in names if name > last]
    if "n" not in query:
        return document({"name": path, "tags": rest})
    size = int(query["n"][0])
    page = rest[:size]
    link = f'</v2/{path}/tags/list?last={page[-1]}&n={size}>; rel="next"' if len(rest) > size else ""
    reply = document({"name": path, "tags": page})
    return Reply(200, {**reply.headers, "Link": link}, reply.body) if link else reply


def _manifest(state: State, behind: str, question: Question, path: str, reference: str) -> Reply:
    by_tag = ":" not in reference
    if question.method == "DELETE":
        return _delete(state, behind, question, path, reference)
    if question.method == "PUT":
        first = _put(state, behind, question, path, reference)
        return _put(state, behind, question, path, reference) if state.repeats else first
    digest = (state.tags(path) or {}).get(reference) if by_tag else reference
    if digest is None:
        return error(404, "NOT_FOUND", f"artifact {path}:{reference} not found")
    project = state.project_of(path)
    if project is not None and project.keeps_back(digest):
        return error(
            412,
            "PROJECTPOLICYVIOLATION",
            "current image without vulnerability scanning cannot be pulled due to configured policy in 'Prevent "
            'images with vulnerability severity of "High" or higher from running.\'',
        )
    return forward(behind, _at(question, path, digest), drop=_PRIVATE)


def _put(state: State, behind: str, question: Question, path: str, reference: str) -> Reply:
    project = state.project_of(path)
    assert project is not None
    with state.lock:
        known = project.tags.setdefault(path, {})
        if reference in known and project.protects(reference):
            words = f"Failed to process request due to '{path.partition('/')[2]}:{reference}' configured as immutable."
            return error(412, "PRECONDITION", words)
        if project.quota_full:
            words = f"adding 1.2 MiB of storage resource, which when updated to current usage of 10.0 MiB {_QUOTA}"
            return error(403, "DENIED", words)
        digest = sha256(question.body)
        reply = forward(behind, _at(question, path, digest), drop=_PRIVATE)
        if reply.status == 201 and ":" not in reference:
            known[reference] = digest
            project.pushed.setdefault(digest, time.time())
        return reply


_QUOTA = "will exceed the configured upper limit of 10.0 MiB: quota exceeded"


def _delete(state: State, behind: str, question: Question, path: str, reference: str) -> Reply:
    if ":" not in reference:
        return error(400, "UNSUPPORTED", "The operation is unsupported.")
    known = state.tags(path) or {}
    for tag in [tag for tag, digest in known.items() if digest == reference]:
        del known[tag]  # the artifact goes, and all its tags with it
    return forward(behind, question, drop=_PRIVATE)


def _at(question: Question, path: str, digest: str) -> Question:
    return Question(question.method, f"/v2/{path}/manifests/{digest}", question.headers, question.body)
