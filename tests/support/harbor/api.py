"""`/api/v2.0/` of Harbor, as far as the client uses it."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.harbor.replies import document, error
from tests.support.harbor.state import Project
from tests.support.httpserver import Reply

if TYPE_CHECKING:
    from tests.support.harbor.state import State
    from tests.support.httpserver import Question

API = "/api/v2.0"
_PROJECT = re.compile(r"/projects/(?P<name>[^/]+)(?P<rest>/.*)?")
_ARTIFACTS = re.compile(r"/repositories/(?P<repository>[^/]+)/artifacts")
_ARTIFACT = re.compile(
    r"/repositories/(?P<repository>[^/]+)/artifacts/(?P<reference>[^/]+)(?P<rest>/tags(?:/(?P<tag>.+))?)?"
)


def token(state: State, question: Question) -> Reply:
    """`/service/token`."""
    if question.method != "GET":
        return Reply(405)
    scopes = parse_qs(urlsplit(question.target).query).get("scope", [])
    if "authorization" in question.headers and not _known(state, question):
        return error(401, "UNAUTHORIZED", "unauthorized: invalid user credentials")
    if any("/" not in scope.split(":")[1] for scope in scopes):
        return Reply(500)
    if "authorization" not in question.headers:
        scopes = []
    return document({"token": state.issue(scopes), "access_token": "", "expires_in": state.token_life})


def answer(state: State, question: Question) -> Reply:
    path = question.path.removeprefix(API)
    if path == "/ping":
        return Reply(200, {"Content-Type": "text/plain"}, b"Pong")
    if path == "/systeminfo":
        return document(_system(state, question))
    if not _known(state, question):
        return error(401, "UNAUTHORIZED", "unauthorized")
    if path == "/projects":
        return _projects(state, question)
    found = _PROJECT.fullmatch(path)
    project = state.projects.get(unquote(found["name"])) if found is not None else None
    if found is None or project is None:
        return error(403 if not state.robot.system else 404, "NOT_FOUND", f"project {path} not found")
    return _project(state, project, question, found["rest"] or "")


def _known(state: State, question: Question) -> bool:
    wanted = base64.b64encode(f"{state.robot.name}:{state.robot.secret}".encode()).decode()
    return question.headers.get("authorization") == f"Basic {wanted}"


def _system(state: State, question: Question) -> dict[str, object]:
    facts: dict[str, object] = {"auth_mode": "db_auth", "self_registration": False}
    if _known(state, question):
        facts |= {
            "harbor_version": "v2.12.2-73072d0d",
            "external_url": state.external_url or f"http://{question.headers['host']}",
            "registry_url": question.headers["host"],
            "read_only": state.read_only,
            "current_time": dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z"),
        }
    return facts


def _projects(state: State, question: Question) -> Reply:
    if question.method == "HEAD":
        name = parse_qs(urlsplit(question.target).query).get("project_name", [""])[0]
        return Reply(200 if name in state.projects else 404)
    if question.method != "POST":
        return document([_shown(project) for project in state.projects.values()])
    if not state.robot.system:
        return error(403, "FORBIDDEN", "forbidden")
    name = json.loads(question.body)["project_name"]
    if name in state.projects:
        return error(409, "CONFLICT", f"The project named {name} already exists")
    state.projects[name] = Project(name, len(state.projects) + 1)
    return Reply(201, {"Location": f"{API}/projects/{state.projects[name].number}"})


def _robots(state: State) -> Reply:
    if state.robot.expires is None:
        return error(403, "FORBIDDEN", "forbidden")
    return document([{"id": 1, "name": state.robot.name, "level": "project", "expires_at": state.robot.expires}])


def _project(  # noqa: PLR0911 -- one for each address
    state: State, project: Project, question: Question, rest: str
) -> Reply:
    if rest == "":
        return document(_shown(project))
    if rest == "/summary":
        used = 10 << 20 if project.quota_full else 1 << 20
        return document({"quota": {"hard": {"storage": 10 << 20}, "used": {"storage": used}}})
    if rest == "/robots":
        return _robots(state)
    if rest == "/immutabletagrules":
        return document([_rule(pattern) for pattern in project.immutable])
    listed = _ARTIFACTS.fullmatch(rest)
    if listed is not None:
        return document(_listed(project, f"{project.name}/{unquote(unquote(listed['repository']))}"))
    found = _ARTIFACT.fullmatch(rest)
    if found is None:
        return error(404, "NOT_FOUND", "not found")
    path = f"{project.name}/{unquote(unquote(found['repository']))}"
    return _artifact(project, question, path, found)


def _listed(project: Project, path: str) -> list[dict[str, object]]:
    tags = project.tags.get(path, {})
    pushed = {digest: project.pushed[digest] for digest in set(tags.values())}
    return [
        {
            "digest": digest,
            "tags": [{"name": tag} for tag, held in tags.items() if held == digest],
            "push_time": dt.datetime.fromtimestamp(when, dt.UTC).isoformat().replace("+00:00", "Z"),
            "pull_time": "0001-01-01T00:00:00.000Z",
        }
        for digest, when in sorted(pushed.items(), key=lambda item: item[1], reverse=True)
    ]


def _shown(project: Project) -> dict[str, object]:
    metadata = {
        "public": "false",
        "auto_scan": "true" if project.prevent_vulnerable else "false",
        "prevent_vul": "true" if project.prevent_vulnerable else "false",
        "severity": "high",
        **({"retention_id": str(project.number)} if project.retention else {}),
    }
    return {"name": project.name, "project_id": project.number, "metadata": metadata}


def _rule(pattern: str) -> dict[str, object]:
    return {
        "disabled": False,
        "action": "immutable",
        "template": "immutable_template",
        "tag_selectors": [{"kind": "doublestar", "decoration": "matches", "pattern": pattern}],
        "scope_selectors": {"repository": [{"kind": "doublestar", "decoration": "repoMatches", "pattern": "**"}]},
    }


def retention(state: State, number: int) -> Reply:
    project = next((one for one in state.projects.values() if one.number == number and one.retention), None)
    if project is None:
        return error(404, "NOT_FOUND", "retention not found")
    return document({"id": number, "algorithm": "or", "rules": project.retention})


def _artifact(  # noqa: PLR0911 -- one for each rule
    project: Project, question: Question, path: str, found: re.Match[str]
) -> Reply:
    tags = project.tags.get(path, {})
    reference = unquote(found["reference"])
    digest = reference if ":" in reference else tags.get(reference)
    if digest is None or (":" in reference and digest not in tags.values()):
        return error(404, "NOT_FOUND", f"artifact {path}:{reference} not found")
    if found["rest"] is None:
        return document(_overview(project, digest, tags))
    if question.method == "POST":
        name = json.loads(question.body)["name"]
        if name in tags:
            return error(409, "CONFLICT", f"tag {name} already exists")
        tags[name] = digest
        return Reply(201)
    tag = unquote(found["tag"] or "")
    if question.method != "DELETE" or tags.get(tag) != digest:
        return error(404, "NOT_FOUND", f"tag {tag} not found")
    if project.protects(tag):
        return error(412, "PRECONDITION", f"the tag {tag} matches immutable rule, cannot be deleted")
    del tags[tag]
    return Reply(200)


def _overview(project: Project, digest: str, tags: dict[str, str]) -> dict[str, object]:
    status = project.scan_status if project.ended(digest) else "Running"
    mime = "application/vnd.security.vulnerability.report; version=1.1"
    return {
        "digest": digest,
        "scan_overview": {mime: {"scan_status": status}} if project.prevent_vulnerable else {},
        "tags": [{"name": tag, "immutable": project.protects(tag)} for tag, held in tags.items() if held == digest],
    }
