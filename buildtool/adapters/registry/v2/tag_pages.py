"""`tags/list`: all tags of a repository, page by page, with the differences between servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.errors import REGISTRY_ANSWER, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.login.session import Session

_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel\s*=\s*"?next"?', re.IGNORECASE)
_API = "/v2"
_ABSENT = ("NAME_UNKNOWN", "NOT_FOUND", "REPOSITORY_NOT_FOUND")


class Pages:
    """The tags of one repository.

    Asked without `n` by default: distribution, Harbor and zot then answer with everything at once, which leaves no
    gap when somebody deletes a tag between two pages (distribution 3 skips one, zot answers 404). A server that pages
    anyway is followed by its Link header.
    """

    def __init__(self, session: Session, path: str, *, limit: int, page_size: int | None = None) -> None:
        self._session = session
        self._path = path
        self._limit = limit
        self._first = f"/v2/{path}/tags/list"
        self._page_size = page_size

    def __iter__(self) -> Iterator[str]:
        current: str | None = self._first + (f"?n={self._page_size}" if self._page_size else "")
        seen: set[str] = set()
        last: str | None = None
        while current is not None:
            if current in seen:
                raise BuildtoolError(
                    REGISTRY_ANSWER,
                    "a link in its list of tags leads back to a page that was read already",
                    place=self._first,
                )
            seen.add(current)
            answer = self._ask(current)
            if answer.status == 404 and last is not None:  # noqa: PLR2004
                yield from self._rest(last)
                return
            names = self._read(answer)
            yield from names
            last = names[-1] if names else last
            current = self._next(answer, current)

    def _ask(self, path: str) -> Answer:
        return self._session.ask(Request("GET", path, f"repository:{self._path}:pull", limit=self._limit))

    def _rest(self, last: str) -> Iterator[str]:
        """The tag a page was to begin after is gone (zot): take the whole list, sorted by bytes, from there."""
        return (tag for tag in self._read(self._ask(self._first)) if tag.encode() > last.encode())

    def _read(self, answer: Answer) -> list[str]:
        if answer.status == 404 and answer.has(*_ABSENT):  # noqa: PLR2004
            return []
        if answer.status == 404 and not answer.faults:  # noqa: PLR2004
            raise BuildtoolError(REGISTRY_ANSWER, "it answered 404, not as a registry does", place=self._first)
        if not answer.ok:
            raise refusal(answer, self._path)
        document = answer.json()
        names = document.get("tags") if isinstance(document, dict) else None
        if not isinstance(document, dict) or "tags" not in document:
            raise BuildtoolError(REGISTRY_ANSWER, "its list of tags is not JSON with `tags`", place=self._first)
        if names is None:  # distribution says null for a repository whose last tag was deleted
            return []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise BuildtoolError(REGISTRY_ANSWER, "`tags` in its list is not a list of names", place=self._first)
        return names

    def _next(self, answer: Answer, current: str) -> str | None:
        found = _NEXT.search(answer.headers.get("Link", ""))
        if found is None:
            return None
        following = urlsplit(self._session.own_path(found[1], current))
        # A Link that gives up its own place would start again from the first tag. Behind a proxy with a path, the
        # registry may leave out the beginning of the name.
        own = self._first == following.path or self._first.endswith(following.path.removeprefix(_API))
        if not following.path.startswith(_API) or not own or not parse_qs(following.query):
            raise BuildtoolError(REGISTRY_ANSWER, "the next page of its tags is another address", place=self._first)
        return f"{self._first}?{following.query}"
