"""The stand-in as a server."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.support.harbor import access, api, v2
from tests.support.harbor.state import FULL, SETTINGS, Account, State
from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.harbor.state import Project
    from tests.support.httpserver import Handler, Question


class Harbor:
    """`host` is where clients go; everything a test may turn is in `state`. `robot` may do and see everything."""

    def __init__(self) -> None:
        self.host = ""
        self.state = State(accounts=[Account("admin", "Harb0r-Adm1n", admin=True, system=True)])
        self.website: Project = self.state.add_project("website")
        self.robot = self.state.add_robot("builder", "harbor-r0bot-s3cr3t", "website", FULL | SETTINGS)

    def answer(self, handler: Handler, question: Question) -> None:
        self.state.asked.append(f"{question.method} {question.target}")
        handler.reply(self.reply(question))

    def reply(self, question: Question) -> Reply:
        if question.path.startswith("/v2/"):
            return v2.answer(self.state, question)
        if question.path == "/service/token":
            return access.token(self.state, question)
        if question.path.startswith(api.API):
            return api.answer(self.state, question)
        return Reply(200, {"Content-Type": "text/html"}, b"<html><title>Harbor</title></html>")


@contextlib.contextmanager
def harbor() -> Iterator[Harbor]:
    """Serve on loopback until the block ends."""
    fake = Harbor()
    with serve(fake.answer) as host:
        fake.host = host
        yield fake
