from __future__ import annotations

import json

import pytest

from buildtool.adapters.registry.http.answer import Answer
from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.status_codes import heal, refusal
from buildtool.errors.catalogue import kinds


def of(status: int, code: str = "", message: str = "", **headers: str) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode() if code else b""
    return Answer("PUT", "http://h/v2/x?digest=y", status, headers, body)


@pytest.mark.parametrize(
    ("answer", "path", "code"),
    [
        (of(400, "BAD_REQUEST", "invalid repository name: frontend"), "frontend", "registry-project"),
        (of(401), "p/x", "registry-auth"),
        (of(401, "UNAUTHORIZED", "project website not found"), "website/x", "registry-project"),
        (of(401, "UNAUTHORIZED", "unauthorized to access repository: p/x"), "p/x", "registry-auth"),
        (of(403, "DENIED", "read only mode"), "p/x", "registry-denied"),
        (of(403, "DENIED", "... will exceed the configured quota"), "p/x", "registry-quota"),
        (of(404, "NAME_UNKNOWN", "repository name not known to registry"), "x", "registry-not-found"),
        (of(405, "UNSUPPORTED", "The operation is unsupported."), "x", "registry-denied"),
        (of(412, "PRECONDITION", "configured as immutable"), "p/x", "registry-immutable"),
        (of(412, "PROJECTPOLICYVIOLATION", "without vulnerability scanning"), "p/x", "registry-scan"),
        (of(413), "x", "registry-denied"),
        (of(418), "x", "registry-answer"),
        (of(302), "x", "registry-answer"),
        (of(500), "x", "registry-failed"),
        (of(507, "UNKNOWN", "disk full"), "x", "registry-failed"),
    ],
)
def test_kinds(answer: Answer, path: str, code: str) -> None:
    error = refusal(answer, path)
    assert error.kind is kinds()[code]
    assert str(answer.status) in error.message
    assert answer.words in error.message
    assert error.place == "PUT http://h/v2/x"


def test_what_to_write_without_a_project() -> None:
    error = refusal(of(400, "BAD_REQUEST", "invalid repository name: frontend"), "frontend")
    assert "PROJECT/frontend" in error.fix
    error = refusal(of(401, "UNAUTHORIZED", "project website not found"), "website/frontend")
    assert "'website'" in error.fix


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_heals(status: int) -> None:
    with pytest.raises(HealableError) as caught:
        heal(of(status, **{"Retry-After": "9"}), 0)
    assert caught.value.wait == 9.0
    assert "asks to wait 9 s" in caught.value.error.message


@pytest.mark.parametrize("status", [200, 201, 301, 400, 401, 403, 404, 405, 412, 413, 500, 501])
def test_what_does_not_heal(status: int) -> None:
    answer = of(status)
    assert heal(answer, 0) is answer
