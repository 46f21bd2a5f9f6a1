"""`/api/v2.0/` of Harbor, as far as the client uses it."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.harbor import artifacts
from tests.support.harbor.access import basic
from tests.support.harbor.replies import READ_ONLY, document, empty, error, forbidden, listed, no_path
from tests.support.httpserver import Reply

if TYPE_CHECKING:
    from tests.support.harbor.state import Account, Project, State
    from tests.support.httpserver import Question

API = "/api/v2.0"
_PROJECT = re.compile(r"/projects/(?P<name>[^/]+)(?P<rest>/.*)?")
_UNKNOWN = {"auth_mode": "db_auth", "banner_message": "", "oidc_provider_name": "", "primary_auth_mode": False}


def answer(state: State, question: Question) -> Reply:  # noqa: PLR0911 -- one for each address
    path = question.path.removeprefix(API)
    account = basic(state, question)
    if state.read_only and question.method not in ("GET", "HEAD"):
        return READ_ONLY
    if path == "/ping":
        return Reply(200, {"Content-Type": "text/plain"}, b"Pong")
    if path == "/systeminfo":
        return document(_system(state, question, account))
    if path == "/projects":
        return _projects(state, question, account)
    if path == "/robots":
        return _robots(state, question, account)
    if path == "/users/current/permissions" and not state.silent:
        return _permissions(state, question, account)
    if path.startswith("/retentions/"):
        return _retention(state, path.rpartition("/")[2], account)
    found = _PROJECT.fullmatch(path)
    if found is None:
        return no_path(question.path)
    return _project(state, question, account, unquote(found["name"]), found["rest"] or "")


def _unauthorized() -> Reply:
    return error(401, "UNAUTHORIZED", "unauthorized")


def _query(question: Question) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(question.target).query).items()}


def _system(state: State, question: Question, account: Account | None) -> dict[str, object]:
    if account is None:
        return {**_UNKNOWN, "self_registration": False}
    return {
        **_UNKNOWN,
        "current_time": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "external_url": state.external_url or f"http://{question.headers['host']}",
        "harbor_version": "v2.15.2-080b0220",
        "has_ca_root": False,
        "notification_enable": True,
        "project_creation_restriction": "everyone",
        "read_only": state.read_only,
        "registry_storage_provider_name": "filesystem",
        "registry_url": question.headers["host"],
        "self_registration": False,
    }


def _projects(state: State, question: Question, account: Account | None) -> Reply:
    query = _query(question)
    if question.method == "HEAD":
        if account is None:
            return _unauthorized()
        name = query.get("project_name", "")
        return empty(200) if name in state.projects else error(404, "NOT_FOUND", f"project {name} not found")
    if question.method == "POST":
        return _create(state, json.loads(question.body), account)
    if state.silent:
        return forbidden()
    seen = [one for one in state.projects.values() if one.public or (account is not None and sees(account, one))]
    return listed([shown(state, one, None) for one in seen if query.get("name", "") in one.name])


def sees(account: Account, project: Project) -> bool:
    return account.admin or project.name in account.rights or "*" in account.rights


def _create(state: State, wanted: dict[str, Any], account: Account | None) -> Reply:
    name = wanted["project_name"]
    if account is None:
        return _unauthorized()
    if not (account.admin or account.system):
        return error(403, "FORBIDDEN", "Only system level robot can create project")
    if name in state.projects:
        return error(409, "CONFLICT", f"The project named {name} already exists")
    made = state.add_project(name, wanted.get("metadata"), wanted.get("registry_id"))
    return empty(201, Location=f"{API}/projects/{made.number}")


def shown(state: State, project: Project, role: int | None) -> dict[str, Any]:
    """As the list and the project itself show it."""
    made = "2026-11-24T23:33:03.094Z"
    none = "0001-01-01T00:00:00.000Z"
    allow = {"creation_time": none, "id": project.number, "items": [], "project_id": project.number}
    roles = {"current_user_role_id": role, "current_user_role_ids": [role]} if role else {"current_user_role_ids": None}
    return {
        "creation_time": made,
        **roles,
        "cve_allowlist": {**allow, "update_time": none},
        "metadata": dict(project.metadata),
        "name": project.name,
        "owner_id": 1,
        "owner_name": "admin",
        "project_id": project.number,
        "repo_count": len(project.repositories),
        **({"registry_id": project.proxies} if project.proxies is not None else {}),
        "update_time": made,
    }


def _robots(state: State, question: Question, account: Account | None) -> Reply:
    if account is None:
        return _unauthorized()
    if question.method == "POST":
        return _make_robot(state, json.loads(question.body), account)
    number = re.search(r"ProjectID=(\d+)", _query(question).get("q", ""))
    project = next((one for one in state.projects.values() if number and one.number == int(number[1])), None)
    if project is None or not account.may(project.name, "robot:list"):
        return forbidden()
    return listed([_robot(one) for one in state.accounts if one.is_robot and project.name in one.rights])


def _make_robot(state: State, wanted: dict[str, Any], account: Account) -> Reply:
    if not account.admin:
        return forbidden()
    (grant,) = wanted["permissions"]
    rights = frozenset(f"{one['resource']}:{one['action']}" for one in grant["access"])
    made = state.add_robot(wanted["name"], "s3cret-of-a-robot", grant["namespace"], rights)
    named = {"expires_at": made.expires, "id": made.number, "name": made.name, "secret": made.secret}
    return document({"creation_time": "2026-11-24T23:33:16.505Z", **named}, 201, Location=f"{API}/robots/{made.number}")


def _robot(account: Account) -> dict[str, Any]:
    (namespace, rights), *_ = account.rights.items()
    access = [dict(zip(("resource", "action"), right.split(":"), strict=True)) for right in sorted(rights)]
    return {
        "creation_time": "2026-11-24T23:33:16.505Z",
        "creator_ref": 1,
        "creator_type": "local",
        "disable": account.disabled,
        "duration": -1,
        "editable": True,
        "expires_at": account.expires,
        "id": account.number,
        "level": "project",
        "name": account.name,
        "permissions": [{"access": access, "kind": "project", "namespace": namespace}],
        "update_time": "2026-11-24T23:33:16.505Z",
    }


def _permissions(state: State, question: Question, account: Account | None) -> Reply:
    if account is None:
        return _unauthorized()
    number = _query(question).get("scope", "").removeprefix("/project/")
    project = next((one for one in state.projects.values() if str(one.number) == number), None)
    rights = account.rights.get(project.name, account.rights.get("*", frozenset())) if project is not None else ()
    return document([{"action": a, "resource": r} for r, a in (right.split(":") for right in sorted(rights))])


def _project(  # noqa: PLR0911 -- one for each address
    state: State, question: Question, account: Account | None, name: str, rest: str
) -> Reply:
    project = state.projects.get(name)

    def may(right: str) -> bool:
        return account is not None and account.may(name, right)

    if rest.startswith("/repositories/"):
        return artifacts.answer(state, question, account, project, rest)
    if rest not in ("", "/summary", "/immutabletagrules"):
        return no_path(question.path)
    if project is None:
        return error(404, "NOT_FOUND", f"project {name} not found") if may("") else forbidden()
    if rest == "" and (project.public or may(".:read")):
        return document(shown(state, project, 1 if account is not None and account.admin else None))
    if rest == "/summary" and may(".:read"):
        quota = {"hard": {"storage": project.quota}, "used": {"storage": state.used(project)}}
        seen = {"quota": quota} if may("quota:read") else {}
        return document({"project_admin_count": 1, **seen, "repo_count": len(project.repositories)})
    if rest == "/immutabletagrules" and may("immutable-tag:list"):
        return listed(project.immutable)
    return forbidden() if account is not None else _unauthorized()


def _retention(state: State, number: str, account: Account | None) -> Reply:
    if account is None:
        return _unauthorized()
    if number == "metadatas":
        return document(artifacts.RETENTION_METADATA)
    project = next((one for one in state.projects.values() if one.metadata.get("retention_id") == number), None)
    if project is None:
        return error(404, "NOT_FOUND", f"retention policy {number} not found")
    if not account.may(project.name, "tag-retention:read"):
        return forbidden()
    scope = {"level": "project", "ref": project.number}
    trigger = {"kind": "Schedule", "settings": {"cron": ""}}
    return document(
        {"algorithm": "or", "id": int(number), "rules": project.retention, "scope": scope, "trigger": trigger}
    )
