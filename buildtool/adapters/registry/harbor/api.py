"""Harbor's own API beside `/v2/`: what the distribution specification has no word for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from buildtool.adapters.registry.http.status import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.core.registry.contents import TagRemoval
from buildtool.errors import REGISTRY_ANSWER, BuildtoolError

if TYPE_CHECKING:
    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository

API = "/api/v2.0"
NOT_FOUND = 404
CONFLICT = 409
_REFUSED = (401, 403)


class HarborApi:
    def __init__(self, session: Session) -> None:
        self._session = session

    def is_there(self) -> bool:
        """Whether this registry is a Harbor: known from its challenge, else asked."""
        if self._session.auth.is_harbor:
            return True
        answer = self._session.ask_plain(Request("GET", f"{API}/ping"))
        return answer.ok and answer.body.strip().strip(b'"') == b"Pong"

    def read(self, path: str) -> Any:
        """The document at `path`; None where it is absent or this account may not see it."""
        answer = self._ask("GET", path)
        if answer.status in (*_REFUSED, NOT_FOUND):
            return None
        if not answer.ok:
            raise refusal(answer)
        document = answer.json()
        if not isinstance(document, (dict, list)):
            raise BuildtoolError(REGISTRY_ANSWER, "Harbor's answer is not JSON", place=answer.place)
        return document

    def has_project(self, name: str) -> bool | None:
        """None where this account may not ask."""
        answer = self._ask("HEAD", f"/projects?project_name={quote(name, safe='')}")
        if answer.ok or answer.status == NOT_FOUND:
            return answer.ok
        if answer.status in _REFUSED:
            return None
        raise refusal(answer)

    def create_project(self, name: str) -> bool:
        """True when it was made, False when it was there; tokens made before know nothing of it, so they go."""
        answer = self._ask("POST", "/projects", {"project_name": name, "metadata": {"public": "false"}})
        if not answer.ok and answer.status != CONFLICT:
            raise refusal(answer)
        self._session.auth.forget_tokens()
        return answer.ok

    def add_tag(self, repository: Repository, digest: str, tag: str) -> bool:
        """Tag what is there already, without a push; False when the tag exists."""
        answer = self._ask("POST", f"{artifact(repository, digest)}/tags", {"name": tag})
        if not answer.ok and answer.status != CONFLICT:
            raise refusal(answer, repository.path)
        return answer.ok

    def delete_tag(self, repository: Repository, tag: str) -> TagRemoval:
        answer = self._ask("DELETE", f"{artifact(repository, tag)}/tags/{quote(tag, safe='')}")
        if not answer.ok and answer.status != NOT_FOUND:
            raise refusal(answer, repository.path)
        return TagRemoval.REMOVED

    def scan_status(self, repository: Repository, reference: str) -> str:
        """Harbor's word for the newest scan (`Success`, `Running`, `Pending`, `Error`, …), "" where there is none."""
        document = self.read(f"{artifact(repository, reference)}?with_scan_overview=true")
        overview = document.get("scan_overview") if isinstance(document, dict) else None
        reports = overview.values() if isinstance(overview, dict) else ()
        states = [str(report.get("scan_status", "")) for report in reports if isinstance(report, dict)]
        return states[0] if states else ""

    def _ask(self, method: str, path: str, document: Any = None) -> Answer:
        """One request with user and password, which this API takes directly."""
        content = json.dumps(document).encode() if document is not None else None
        kind = {"Content-Type": "application/json"} if document is not None else {}
        return self._session.ask_plain(
            Request(method, API + path, headers=self._session.auth.basic() | kind, content=content)
        )


def artifact(repository: Repository, reference: str) -> str:
    """The path of one artifact."""
    return f"{artifacts(repository)}/{quote(reference, safe='')}"


def artifacts(repository: Repository) -> str:
    """The path of a repository's artifacts; the slashes of its name are encoded twice."""
    project, _, name = repository.path.partition("/")
    twice = quote(quote(name, safe=""), safe="")
    return f"/projects/{quote(project, safe='')}/repositories/{twice}/artifacts"
