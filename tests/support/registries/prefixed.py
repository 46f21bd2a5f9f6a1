"""A proxy that has a registry, or a Harbor, below a path of its host, the only way that docker can use.

docker asks `/v2/` at the root of a host and nowhere else, so that the path becomes the beginning of every name:
`HOST/PREFIX/project/app` is asked for at `/v2/PREFIX/project/app/…`, and the proxy takes PREFIX away. Location gets it
back, or no upload would end. The list of tags and the challenges go through as the registry behind wrote them.
Names without PREFIX are passed on as they are, and Harbor's own API is below PREFIX alone.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.support.httpserver import Reply, forward, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.httpserver import Handler, Question

PREFIX = "harbor"


@dataclass
class Prefixed:
    """`asked` are the requests as they came in."""

    upstream: str
    host: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, handler: Handler, question: Question) -> None:
        self.asked.append(f"{question.method} {question.target}")
        inside = self._inside(question.target)
        if inside is None:
            handler.reply(Reply(404, {"Content-Type": "text/html"}, b"<html>no such page</html>"))
            return
        answer = forward(self.upstream, replace(question, target=inside))
        location = answer.headers.get("Location", "")
        moved = location.replace("/v2/", f"/v2/{PREFIX}/", 1) if inside != question.target else location
        handler.reply(replace(answer, headers={**answer.headers, "Location": moved}) if location else answer)

    def _inside(self, target: str) -> str | None:
        """Path and query as the registry behind has them; None for what is not passed on."""
        if target.startswith(f"/v2/{PREFIX}/"):
            return target.replace(f"/{PREFIX}/", "/", 1)
        if target.startswith(f"/{PREFIX}/api/"):
            return target.removeprefix(f"/{PREFIX}")
        return target if target.startswith(("/v2/", "/service/token")) else None


@contextlib.contextmanager
def prefixed(upstream: str) -> Iterator[Prefixed]:
    """Serve until the block ends."""
    made = Prefixed(upstream)
    with serve(made.answer) as made.host:
        yield made
