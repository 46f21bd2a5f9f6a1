"""A scripted server on a real socket, and clients that talk to it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.registry import Limits, RegistryClient
from buildtool.core.text.secrets import Secrets
from tests.support.clock import PatientClock
from tests.support.httpserver import Reply, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.httpserver import Handler, Question


@dataclass
class Script:
    """`rules`: the first one that gives a Reply answers; `asked` holds every question."""

    host: str = ""
    rules: list[Callable[[Question], Reply | None]] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)

    def on(self, method: str, path: str, *replies: Reply) -> None:
        """Answer this request with each reply in turn; the last one from then on."""
        left = list(replies)

        def rule(question: Question) -> Reply | None:
            if (question.method, question.path) != (method, path):
                return None
            return left.pop(0) if len(left) > 1 else left[0]

        self.rules.append(rule)

    def answer(self, handler: Handler, question: Question) -> None:
        self.asked.append(question)
        replies = (rule(question) for rule in self.rules)
        handler.reply(next((reply for reply in replies if reply is not None), Reply(404)))

    def lines(self) -> list[str]:
        return [f"{question.method} {question.target}" for question in self.asked]


@dataclass
class Clients:
    """Makes clients that share a patient clock and closes them."""

    stack: contextlib.ExitStack
    clock: PatientClock = field(default_factory=PatientClock)
    secrets: Secrets = field(default_factory=Secrets)
    said: list[str] = field(default_factory=list)

    def __call__(self, host: str, **settings: Any) -> RegistryClient:
        options = {
            "insecure": True,
            "clock": self.clock,
            "secrets": self.secrets,
            "on_retry": self.said.append,
            "limits": Limits(connect=1.0, read=2.0, probe=4.0),
        }
        return self.stack.enter_context(RegistryClient(host, **{**options, **settings}))


@pytest.fixture
def clients() -> Iterator[Clients]:
    with contextlib.ExitStack() as stack:
        yield Clients(stack)


@contextlib.contextmanager
def _script() -> Iterator[Script]:
    script = Script()
    with serve(script.answer) as host:
        script.host = host
        yield script


@pytest.fixture
def script() -> Iterator[Script]:
    with _script() as made:
        yield made


@pytest.fixture
def other() -> Iterator[Script]:
    """A second host."""
    with _script() as made:
        yield made
