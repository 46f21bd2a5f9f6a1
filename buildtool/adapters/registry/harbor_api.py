"""Harbor's own API beside `/v2/`: what the distribution specification has no word for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from buildtool.adapters.registry.session import Request
from buildtool.adapters.registry.status import refusal
from buildtool.core.registry import TagRemoval

if TYPE_CHECKING:
    from buildtool.adapters.registry.answer import Answer
    from buildtool.adapters.registry.session import Session
    from buildtool.core.image import Repository

API = "/api/v2.0"


class HarborApi:
    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, method: str, path: str, *, content: bytes | None = None) -> Answer:
        """One request with user and password, which this API takes directly."""
        headers = self._session.auth.basic() | ({"Content-Type": "application/json"} if content is not None else {})
        return self._session.ask_plain(Request(method, API + path, headers=headers, content=content))

    def delete_tag(self, repository: Repository, tag: str) -> TagRemoval:
        answer = self.ask("DELETE", f"{artifact(repository, tag)}/tags/{quote(tag, safe='')}")
        if not answer.ok and answer.status != 404:  # noqa: PLR2004
            raise refusal(answer, repository.path)
        return TagRemoval.REMOVED


def artifact(repository: Repository, reference: str) -> str:
    """The path of one artifact; the slashes of a repository's name are encoded twice."""
    project, _, name = repository.path.partition("/")
    twice = quote(quote(name, safe=""), safe="")
    return f"/projects/{quote(project, safe='')}/repositories/{twice}/artifacts/{quote(reference, safe='')}"
