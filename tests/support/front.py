"""A proxy in front of a registry, for tests that look at what it is asked, or answer in its place."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.httpserver import Reply, forward, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.httpserver import Handler, Question

DENIED = Reply(403, {"Content-Type": "application/json"}, b'{"errors": [{"code": "DENIED", "message": "not today"}]}')


@dataclass
class Front:
    """Keeps every request. `instead` answers those that it has a reply for; nobody answers while it is `down`."""

    upstream: str
    host: str = ""
    seen: list[Question] = field(default_factory=list)
    instead: Callable[[Question], Reply | None] = lambda _: None
    down: bool = False

    def answer(self, handler: Handler, question: Question) -> None:
        if self.down:
            handler.close_connection = True
            handler.connection.close()
            return
        self.seen.append(question)
        handler.reply(self.instead(question) or forward(self.upstream, question))

    @property
    def logins(self) -> set[str]:
        """What was sent as `Authorization`."""
        return {one.headers["authorization"] for one in self.seen if "authorization" in one.headers}


@contextlib.contextmanager
def front(upstream: str) -> Iterator[Front]:
    """The proxy, at `host`, as long as the block runs."""
    proxy = Front(upstream)
    with serve(proxy.answer) as proxy.host:
        yield proxy
