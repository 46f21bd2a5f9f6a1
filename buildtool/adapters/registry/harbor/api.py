"""Harbor's own API (`/api/v2.0/`) beside `/v2/`: projects, settings, accounts, tags."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.adapters.registry.login.trust import same_origin
from buildtool.core.registry.contents import TagRemoval
from buildtool.errors import REGISTRY_ANSWER, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository

API = "/api/v2.0"
NOT_FOUND = 404
CONFLICT = 409
_REFUSED = (401, 403)
_PAGE = 100
_MOST_PAGES = 100


class HarborApi:
    def __init__(self, session: Session) -> None:
        self._session = session

    def is_there(self) -> bool:
        """Whether this registry is a Harbor; asked once, since its challenges change with what it is shown."""
        if self._session.is_harbor is None:
            answer = self._session.ask_plain(Request("GET", f"{self._session.harbor_path}{API}/ping"))
            own = same_origin(answer.url, self._session.base)
            self._session.is_harbor = own and answer.ok and answer.body.strip().strip(b'"') == b"Pong"
        return self._session.is_harbor

    def login_works(self) -> bool | None:
        """Whether Harbor knows user and password: `/v2/` takes them, its token service never refuses any.

        None without a password, or where the answer is neither yes nor no.
        """
        credential = self._session.auth.credential
        if credential is None or not credential.password:
            return None
        answer = self._session.ask_plain(Request("GET", "/v2/", headers=self._session.auth.basic()))
        return {200: True, 401: False}.get(answer.status)

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

    def pages(self, path: str) -> Iterator[list[Any] | None]:
        """The lists at `path`, which has a query, page after page; None once where this account may not see them."""
        for page in range(1, _MOST_PAGES + 1):
            found = self.read(f"{path}&page_size={_PAGE}&page={page}")
            yield found if isinstance(found, list) else None
            if not isinstance(found, list) or len(found) < _PAGE:
                return

    def project(self, name: str) -> dict[str, Any] | None:
        """A project with all its metadata, by the list that every account may ask for: it holds similar names too."""
        for found in self.pages(f"/projects?name={quote(name, safe='')}"):
            for one in found or ():
                if isinstance(one, dict) and one.get("name") == name:
                    return one
        return None

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

    def delete_tag(self, repository: Repository, tag: str) -> TagRemoval:
        answer = self._ask("DELETE", f"{artifacts(repository)}/{quote(tag, safe='')}/tags/{quote(tag, safe='')}")
        if not answer.ok and answer.status != NOT_FOUND:
            raise refusal(answer, repository.path)
        return TagRemoval.REMOVED

    def _ask(self, method: str, path: str, document: Any = None) -> Answer:
        """One request with user and password, which this API takes directly."""
        content = json.dumps(document).encode() if document is not None else None
        kind = {"Content-Type": "application/json"} if document is not None else {}
        return self._session.ask_plain(
            Request(
                method,
                self._session.harbor_path + API + path,
                headers=self._session.auth.basic() | kind,
                content=content,
            )
        )


def artifacts(repository: Repository) -> str:
    """The path of a repository's artifacts; the slashes of its name are encoded twice."""
    project, name = repository.in_harbor
    twice = quote(quote(name, safe=""), safe="")
    return f"/projects/{quote(project, safe='')}/repositories/{twice}/artifacts"
