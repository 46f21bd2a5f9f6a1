"""Harbor's API -> `HarborFacts`: settings of the server and of projects; what this account may not read is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from buildtool.adapters.registry.harbor.api import HarborApi, artifacts
from buildtool.core.registry import harbor_documents
from buildtool.core.registry.harbor_facts import HarborFacts, Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor_rules import Artifact, TagRule

_ARTIFACTS = "?sort=-push_time&with_tag=true&with_immutable_status=true"


def read_facts(session: Session, repositories: Iterable[Repository]) -> HarborFacts:
    """All that `judge` wants to know, a few small requests for each project."""
    api, repositories = HarborApi(session), list(repositories)
    system, credential = _mapping(api.read("/systeminfo")), session.auth.credential
    names = dict.fromkeys(one.project for one in repositories if one.in_harbor[1])
    username = credential.username if credential is not None else ""
    read_only = system.get("read_only")
    return HarborFacts(
        session.base,
        _text(system.get("external_url")),
        read_only=read_only if isinstance(read_only, bool) else None,
        username=username,
        login=api.login_works(),
        projects={name: _ProjectReader(api, name, username, repositories).read() for name in names},
    )


class _ProjectReader:
    """Reads one project. A right that is known to be missing spares the request that needs it."""

    def __init__(self, api: HarborApi, name: str, username: str, repositories: Sequence[Repository]) -> None:
        self._api = api
        self._name = name
        self._place = f"/projects/{quote(name, safe='')}"
        self._username = username
        self._repositories = [one for one in repositories if one.project == name]
        self._rights: frozenset[str] | None = None
        self._unseen: list[str] = []

    def read(self) -> Project:
        document = self._api.project(self._name)
        if document is None:
            there = self._api.has_project(self._name)
            return Project(False if there is False else None)
        number = document.get("project_id")
        self._rights = self._ask_rights(number)
        metadata = _mapping(document.get("metadata"))
        hard, used = self._quota()
        immutable, retention = self._immutable(), self._retention(_text(metadata.get("retention_id")))
        return Project(
            there=True,
            public={"true": True, "false": False}.get(_text(metadata.get("public"))),
            proxies=isinstance(document.get("registry_id"), int) and document["registry_id"] > 0,
            rights=self._rights,
            prevents_vulnerable=metadata.get("prevent_vul") == "true",
            scans_on_push=metadata.get("auto_scan") == "true",
            quota=hard,
            used=used,
            immutable=immutable,
            retention=retention,
            artifacts={one.path: self._artifacts(one) for one in self._repositories} if retention else {},
            expires=self._expiry(number),
            unseen=tuple(dict.fromkeys(self._unseen)),
        )

    def _ask_rights(self, number: Any) -> frozenset[str] | None:
        """As `resource:action`; None where they are not told. An empty list is none: administrators may get one."""
        found = self._api.read(f"/users/current/permissions?scope=/project/{number}&relative=true")
        entries = [_mapping(entry) for entry in found] if isinstance(found, list) else []
        pairs = [(_text(one.get("resource")), _text(one.get("action"))) for one in entries]
        rights = frozenset(f"{resource}:{action}" for resource, action in pairs if resource and action)
        self._note("its rights", rights or None)
        return rights or None

    def _note(self, what: str, seen: Any) -> None:
        if seen is None:
            self._unseen.append(what)

    def _see(self, what: str, right: str, path: str) -> Any:
        """The document; None where it may not be seen, which is noted."""
        may = self._rights is None or right in self._rights
        found = self._api.read(path) if may else None
        self._note(what, found)
        return found

    def _quota(self) -> tuple[int, int]:
        """Bytes allowed, -1 for any number, and bytes used."""
        quota = _mapping(_mapping(self._see("quota", ".:read", f"{self._place}/summary")).get("quota"))
        hard, used = (_number(_mapping(quota.get(key)).get("storage")) for key in ("hard", "used"))
        self._note("quota", hard)
        return hard if hard is not None else -1, used or 0

    def _immutable(self) -> tuple[TagRule, ...]:
        return harbor_documents.rules(
            self._see("immutability", "immutable-tag:list", f"{self._place}/immutabletagrules?page_size=100")
        )

    def _retention(self, policy: str) -> tuple[TagRule, ...]:
        if not policy.isdecimal():
            return ()
        found = self._see("retention", "tag-retention:read", f"/retentions/{policy}")
        return harbor_documents.rules(_mapping(found).get("rules"))

    def _artifacts(self, repository: Repository) -> tuple[Artifact, ...]:
        """Every artifact: retention counts them all. A repository with more than the bound is judged by its newest."""
        if self._rights is not None and "artifact:list" not in self._rights:
            self._unseen.append("retention")
            return ()
        found: list[Artifact] = []
        for page in self._api.pages(f"{artifacts(repository)}{_ARTIFACTS}"):
            found += harbor_documents.artifacts(page)
        return tuple(found)

    def _expiry(self, number: Any) -> int:
        """When this robot account expires, in unix seconds; -1 for never, or where that is not known."""
        if "+" not in self._username:  # robots of a project are PREFIX + project + "+" + name
            return -1
        if self._rights is not None and "robot:list" not in self._rights:
            self._unseen.append("the robot's expiry")
            return -1
        query = quote(f"Level=project,ProjectID={number}", safe="")
        robots = [_mapping(one) for page in self._api.pages(f"/robots?q={query}") for one in page or ()]
        mine = next((one for one in robots if one.get("name") == self._username), None)
        self._note("the robot's expiry", mine)
        expires = _number(_mapping(mine).get("expires_at"))
        return -1 if expires is None else expires


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
