"""`/v2/` of Harbor: the order in which it looks at a request, then content, manifests and tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.support.harbor import access, blobs, manifests
from tests.support.harbor.replies import READ_ONLY, VERSION, empty, error, no_path, unauthorized, v2_document

if TYPE_CHECKING:
    from tests.support.harbor.state import State
    from tests.support.httpserver import Question, Reply

_ROUTE = re.compile(r"/v2/(?P<path>.+?)/(?P<kind>manifests|blobs|tags)/(?P<rest>.*)")
_ACTIONS = {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}
_TAG = re.compile(r"\w[\w.-]{0,127}")


def answer(state: State, question: Question) -> Reply:  # noqa: PLR0911 -- one for each thing it looks at, in its order
    if state.read_only and question.method not in ("GET", "HEAD"):
        return READ_ONLY
    if question.path == "/v2/":
        return _base(state, question)
    route = _ROUTE.fullmatch(question.path)
    if route is None:
        return no_path(question.path)
    path, kind, rest = route["path"], route["kind"], route["rest"]
    malformed = _malformed(question, path, kind, rest)
    if malformed is not None:
        return malformed
    refused = access.refused(state, question, path, _ACTIONS.get(question.method, "push"))
    if refused is not None:
        return refused
    if kind == "tags":
        return tags(state, path, question)
    refused = _project(state, question, path)
    if refused is not None:
        return refused
    if state.registry_down:
        return empty(502)
    part = manifests.answer if kind == "manifests" else blobs.answer
    return part(state, question, path, rest)


def _base(state: State, question: Question) -> Reply:
    if "authorization" in question.headers and state.registry_down:
        return empty(502)
    if access.known(state, question):
        return v2_document({}, VERSION)
    return unauthorized("unauthorized: unauthorized", access.challenge(state, question, "", ""))


def _malformed(question: Question, path: str, kind: str, rest: str) -> Reply | None:
    """Before anybody asks who is there."""
    mounted = parse_qs(urlsplit(question.target).query).get("from", [path])[0]
    for name in (path, mounted):
        if "/" not in name:
            return error(400, "BAD_REQUEST", f"bad request: invalid repository name: {name}")
    if kind == "manifests" and ":" not in rest and not _TAG.fullmatch(rest):
        return error(400, "BAD_REQUEST", f"bad request: invalid tag name: {rest}")
    return None


def _project(state: State, question: Question, path: str) -> Reply | None:
    """What the project forbids to every writer."""
    project = state.project_of(path)
    assert project is not None
    if question.method in ("POST", "PUT", "PATCH") and project.proxies is not None:
        return error(403, "DENIED", f"denied: can not push artifact to a proxy project: {project.name}")
    mounted = parse_qs(urlsplit(question.target).query).get("from", [path])[0]
    if state.project_of(mounted) is None:
        words = f"unauthorized to access repository: {path}, action: push"
        return unauthorized(f"{words}: {words}", access.REALM)
    return None


def tags(state: State, path: str, question: Question) -> Reply:
    held, project = state.tags(path), state.project_of(path)
    if held is None and (project is None or project.proxies is None):
        return error(404, "NOT_FOUND", f"repository {path} not found")
    query = parse_qs(urlsplit(question.target).query)
    last = query.get("last", [""])[0]
    rest = [name for name in sorted(held or {}, key=str.encode) if name.encode() > last.encode()]
    if "n" not in query:
        return v2_document({"name": path, "tags": rest})
    size = int(query["n"][0])
    if size < 0:
        return error(400, "BAD_REQUEST", "the N must be a positive int type")
    page = rest[:size]
    more = bool(page) and len(rest) > size
    link = {"Link": f'</v2/{path}/tags/list?last={page[-1]}&n={size}>; rel="next"'} if more else {}
    return v2_document({"name": path, "tags": page}, link)
