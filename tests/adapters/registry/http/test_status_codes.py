from __future__ import annotations

import json

import pytest

from buildtool.adapters.registry.http.answer import Answer
from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.status_codes import heal, refusal
from buildtool.errors import REGISTRY_AUTH, REGISTRY_DENIED, REGISTRY_IMMUTABLE, REGISTRY_LIMIT, BuildtoolError
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


USED_UP = {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "0;w=21600"}


def limited(host: str, code: str = "", message: str = "", **headers: str) -> BuildtoolError | HealableError:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode() if code else b""
    with pytest.raises((BuildtoolError, HealableError)) as caught:
        heal(Answer("GET", f"https://{host}/v2/x/manifests/1", 429, headers, body), 1_707_300_000)
    assert isinstance(caught.value, (BuildtoolError, HealableError))
    return caught.value


@pytest.mark.parametrize("host", ["registry-1.docker.io", "r.example", "[::1]:5000"])
def test_a_limit_of_hours_without_a_time_does_not_heal(host: str) -> None:
    error = limited(host, **USED_UP)
    assert isinstance(error, BuildtoolError)
    assert error.kind is REGISTRY_LIMIT
    assert "100 requests in 6 h, 0 left" in error.message


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        (USED_UP | {"Retry-After": "60"}, 60.0),
        ({"ratelimit-limit": "60", "ratelimit-remaining": "0", "ratelimit-reset": "1707300030"}, 30.0),
        ({"ratelimit-limit": "10;w=5", "ratelimit-remaining": "0;w=5"}, None),
        ({"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "7;w=21600"}, None),
    ],
)
def test_a_limit_whose_end_is_near_or_unknown_heals(headers: dict[str, str], wait: float | None) -> None:
    error = limited("r.example", "TOOMANYREQUESTS", "slow down", **headers)
    assert isinstance(error, HealableError)
    assert (error.wait, error.error.kind) == (wait, REGISTRY_LIMIT)
    assert ("run the same command again: again in" in error.error.fix) is (wait is not None)


def test_who_is_told_to_log_in() -> None:
    """Where an address is counted; an account that has used its own limit up can only wait."""
    address, account = "203.0.113.7", "dead2bad-beef-4711-8888-000000000000"
    for source, login in ((address, True), (account, False)):
        error = limited("registry-1.docker.io", **USED_UP, **{"docker-ratelimit-source": source})
        assert isinstance(error, BuildtoolError)
        assert ("docker login docker.io" in error.fix) is login
        assert source in error.message
    other = limited("r.example", **USED_UP, **{"docker-ratelimit-source": address})
    assert isinstance(other, BuildtoolError)
    assert "docker login" not in other.fix


@pytest.mark.parametrize("wait", ["9" * 500, "-5", "soon", "", "1e99", "\u0663"])
def test_a_time_that_is_none(wait: str) -> None:
    for host in ("registry-1.docker.io", "r.example"):
        error = limited(host, "TOOMANYREQUESTS", "slow down", **{"Retry-After": wait})
        assert isinstance(error, HealableError)
        assert error.wait is None or error.wait == 3.0


def test_ecr_in_its_own_words() -> None:
    host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    expired = {"errors": [{"code": "DENIED", "message": "Your authorization token has expired. Reauthenticate."}]}
    found = refusal(
        Answer("POST", f"https://{host}/v2/web/blobs/uploads/", 403, {}, json.dumps(expired).encode()), "web"
    )
    assert (found.kind, "aws ecr get-login-password" in found.fix) == (REGISTRY_AUTH, True)
    silent = refusal(Answer("GET", f"https://{host}/v2/", 401, {}, b"Not Authorized\n"))
    assert (silent.kind, "aws ecr get-login-password" in silent.fix) == (REGISTRY_AUTH, True)
    elsewhere = refusal(Answer("GET", "https://r.example/v2/", 403, {}, json.dumps(expired).encode()))
    assert (elsewhere.kind, "aws" in elsewhere.fix) == (REGISTRY_DENIED, False)


def test_a_tag_that_is_immutable_elsewhere() -> None:
    assert refusal(of(400, "TAG_INVALID", "tag is immutable"), "x").kind is REGISTRY_IMMUTABLE
    assert refusal(of(400, "TAG_INVALID", "manifest tag did not match URI"), "x").kind is not REGISTRY_IMMUTABLE


def test_a_missing_project_by_the_name_that_harbor_has() -> None:
    """A proxy may have put a path in front of it."""
    assert "'site'" in refusal(of(401, "UNAUTHORIZED", "project site not found"), "harbor/site/web").fix
