"""The fake Harbor as a server, in front of a real registry."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.support.harbor import api, v2
from tests.support.harbor.state import State
from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.harbor.state import Robot
    from tests.support.httpserver import Handler, Question


class Harbor:
    """`host` is where clients go; everything a test may turn is in `state`."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.host = ""
        self.state = State()

    @property
    def robot(self) -> Robot:
        return self.state.robot

    def answer(self, handler: Handler, question: Question) -> None:
        self.state.asked.append(f"{question.method} {question.target}")
        handler.reply(self._reply(question))

    def _reply(self, question: Question) -> Reply:
        if question.path.startswith("/v2/"):
            return v2.answer(self.state, self.behind, question)
        if question.path == "/service/token":
            return api.token(self.state, question)
        if question.path.startswith(f"{api.API}/retentions/"):
            return api.retention(self.state, int(question.path.rpartition("/")[2]))
        if question.path.startswith(api.API):
            return api.answer(self.state, question)
        return Reply(200, {"Content-Type": "text/html"}, b"<html><title>Harbor</title></html>")


@contextlib.contextmanager
def harbor(behind: str) -> Iterator[Harbor]:
    """Serve in front of the registry at `behind` (host:port, plain HTTP, deletes enabled)."""
    fake = Harbor(behind)
    with serve(fake.answer) as host:
        fake.host = host
        yield fake
