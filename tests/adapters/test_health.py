"""Health URLs of a real HTTP server: what it tells, what is wrong, and what cannot be known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters import health
from buildtool.adapters.health import HealthUrls
from buildtool.core.status.observed import Health
from buildtool.errors import HEALTH_UNKNOWN, BuildtoolError
from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.httpserver import Handler, Question


class Told:
    """`reply` is what the server answers; `asked` the questions."""

    def __init__(self) -> None:
        self.reply = Reply(200)
        self.asked: list[Question] = []

    def answer(self, handler: Handler, question: Question) -> None:
        self.asked.append(question)
        handler.reply(self.reply)

    def tells(self, document: Any, status: int = 200, **headers: str) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.reply = Reply(status, headers, body)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def url(told: Told) -> Iterator[str]:
    with serve(told.answer) as address:
        yield f"http://{address}/api/health"


def why(url: str, key: str = "revision") -> str:
    with pytest.raises(BuildtoolError) as caught:
        HealthUrls().ask(url, key)
    assert caught.value.kind is HEALTH_UNKNOWN
    return caught.value.message


def test_a_revision(told: Told, url: str) -> None:
    told.tells({"revision": "abc1234", "build": {"commit": "def5678"}})
    assert HealthUrls().ask(url, "revision") == Health(url, "abc1234")
    assert HealthUrls().ask(url, "build.commit") == Health(url, "def5678")


def test_no_credentials_are_sent(told: Told, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    told.tells({"revision": "abc1234"})
    HealthUrls().ask(url, "revision")
    assert "authorization" not in told.asked[0].headers


@pytest.mark.parametrize("status", [301, 404, 500, 503])
def test_a_status_that_is_no_answer(told: Told, url: str, status: int) -> None:
    told.tells({"revision": "abc1234"}, status, Location=url)
    found = HealthUrls().ask(url, "revision")
    assert found.revision == ""
    assert f"answers {status}" in found.wrong
    assert len(told.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 60_000, b"\xff"])
def test_no_json(told: Told, url: str, body: bytes) -> None:
    told.tells(body)
    assert "is no JSON" in why(url)


@pytest.mark.parametrize("document", [{}, [], "x", 5, None, {"revision": 5}, {"revision": ""}, {"revision": {}}])
def test_no_revision(told: Told, url: str, document: Any) -> None:
    told.tells(document)
    assert "no text at 'revision'" in why(url)


def test_an_answer_without_end(told: Told, url: str) -> None:
    told.tells(b" " * (health._LARGEST + 1))
    assert "larger than" in why(url)


def test_nobody_answers(told: Told) -> None:
    with serve(told.answer) as address:
        pass
    assert "does not answer" in why(f"http://{address}/")


def test_one_that_speaks_no_http_of_ours(told: Told, url: str) -> None:
    assert "does not answer" in why(url.replace("http://", "https://"))
    assert told.asked == []


def test_an_answer_that_takes_too_long(told: Told, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_TOTAL", -1.0)
    told.tells({"revision": "abc1234"})
    assert "takes more than" in why(url)
