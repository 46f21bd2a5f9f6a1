"""Artifacts and their tags in Harbor's API, and the rules that speak of them."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.harbor.access import immutable
from tests.support.harbor.replies import document, empty, error, forbidden, listed, no_path
from tests.support.harbor.state import NEVER, Tag, timestamp

if TYPE_CHECKING:
    from tests.support.harbor.state import Account, Artifact, Project, Repository, State
    from tests.support.httpserver import Question, Reply

_ROUTE = re.compile(
    r"/repositories/(?P<repository>[^/]+)/artifacts(?:/(?P<reference>[^/]+)(?P<tags>/tags(?:/(?P<tag>[^/]+))?)?)?"
)
_REPORT = "application/vnd.security.vulnerability.report; version=1.1"
_RIGHTS = {"GET": "artifact:read", "POST": "tag:create", "DELETE": "tag:delete"}
_COUNT = {"required": True, "type": "int", "unit": "COUNT"}
_DAYS = {"required": True, "type": "int", "unit": "DAYS"}
_TEMPLATES = (
    ("latestPushedK", "the most recently pushed # artifacts", _COUNT),
    ("latestPulledN", "the most recently pulled # artifacts", _COUNT),
    ("nDaysSinceLastPush", "pushed within the last # days", _DAYS),
    ("nDaysSinceLastPull", "pulled within the last # days", _DAYS),
    ("always", "always", None),
)
RETENTION_METADATA = {
    "scope_selectors": [
        {"decorations": ["repoMatches", "repoExcludes"], "display_text": "Repositories", "kind": "doublestar"}
    ],
    "tag_selectors": [{"decorations": ["matches", "excludes"], "display_text": "Tags", "kind": "doublestar"}],
    "templates": [
        {
            "action": "retain",
            "display_text": text,
            "params": [parameter] if parameter else [],
            "rule_template": name,
        }
        for name, text, parameter in _TEMPLATES
    ],
}


def rule(pattern: str, *, excludes: bool = False, repositories: str = "**") -> dict[str, Any]:
    """An immutability rule as the API shows it."""
    return {
        "disabled": False,
        "action": "immutable",
        "template": "immutable_template",
        "tag_selectors": [
            {"kind": "doublestar", "decoration": "excludes" if excludes else "matches", "pattern": pattern}
        ],
        "scope_selectors": {
            "repository": [{"kind": "doublestar", "decoration": "repoMatches", "pattern": repositories}]
        },
    }


def retain(template: str, amount: int = 0, *, tags: str = "**", untagged: bool = True) -> dict[str, Any]:
    """A retention rule as the API shows it."""
    kind = {"kind": "doublestar", "decoration": "matches", "pattern": tags}
    scope = {"kind": "doublestar", "decoration": "repoMatches", "pattern": "**"}
    return {
        "action": "retain",
        "template": template,
        "params": {template: amount} if template != "always" else {},
        "tag_selectors": [kind if untagged else {**kind, "extras": '{"untagged":false}'}],
        "scope_selectors": {"repository": [scope]},
    }


def answer(state: State, question: Question, account: Account | None, project: Project | None, rest: str) -> Reply:
    route = _ROUTE.fullmatch(rest)
    # nginx and the router each decode once: a slash encoded once is a slash of the path
    if route is None or "%2F" in rest.replace("%252F", ""):
        return no_path(unquote(question.path))
    if account is None or project is None:
        return error(401, "UNAUTHORIZED", "unauthorized")
    listing = route["reference"] is None
    if not account.may(project.name, "artifact:list" if listing else _RIGHTS[question.method]):
        return forbidden()
    encoded = route["repository"]
    repository = project.repositories.get(unquote(unquote(encoded)))
    if repository is None:
        return error(404, "NOT_FOUND", f"repository {project.name}/{unquote(unquote(encoded))} not found")
    shown = Shown(state, project, unquote(unquote(encoded)), encoded, parse_qs(urlsplit(question.target).query))
    if listing:
        newest = sorted(repository.artifacts.values(), key=lambda one: (one.pushed, one.number), reverse=True)
        return shown.page(newest)
    return _one(state, question, shown, repository, route)


def _one(state: State, question: Question, shown: Shown, repository: Repository, route: re.Match[str]) -> Reply:
    project, reference = shown.project, unquote(route["reference"])
    found = repository.find(reference)
    if found is None:
        at = "@" if ":" in reference else ":"
        return error(404, "NOT_FOUND", f"artifact {project.name}/{shown.name}{at}{reference} not found")
    if route["tags"] is None:
        return document(shown.artifact(found))
    with state.lock:
        if question.method == "POST":
            return _add(state, repository, found, json.loads(question.body)["name"])
        return _remove(project, shown.name, found, unquote(route["tag"] or ""))


def _add(state: State, repository: Repository, found: Artifact, name: str) -> Reply:
    if name in repository.tags():
        return error(409, "CONFLICT", f"tag {name} already exists")
    found.tags[name] = Tag(next(state.numbers), time.time())
    return empty(201)


def _remove(project: Project, repository: str, found: Artifact, tag: str) -> Reply:
    if tag not in found.tags:
        return error(404, "NOT_FOUND", f"tag {tag} attached to artifact {found.number} not found")
    if immutable(project, repository, tag):
        return error(412, "PRECONDITION", f"the tag {tag} configured as immutable, cannot be deleted")
    del found.tags[tag]
    return empty(200)


class Shown:
    """Artifacts of one repository as the API shows them, by what the query asks for."""

    def __init__(self, state: State, project: Project, name: str, encoded: str, query: dict[str, list[str]]) -> None:
        self.project, self.name = project, name
        self._state, self._encoded, self._query = state, encoded, query

    def page(self, found: list[Artifact]) -> Reply:
        size, number = int(self._query.get("page_size", ["10"])[0]), int(self._query.get("page", ["1"])[0])
        page = found[(number - 1) * size : number * size]
        reply = listed([self.artifact(one) for one in page])
        return type(reply)(200, {**reply.headers, "X-Total-Count": str(len(found))}, reply.body)

    def artifact(self, one: Artifact) -> dict[str, Any]:
        place = f"/api/v2.0/projects/{self.project.name}/repositories/{self._encoded}/artifacts/{one.digest}"
        links = {"build_history": {"absolute": False, "href": f"{place}/additions/build_history"}}
        scans = "with_scan_overview" in self._query
        if scans or self._state.scanner is not None:
            empty_place = place.replace(one.digest, "")
            links["sboms"] = {"absolute": False, "href": f"{empty_place}/additions/sbom"}
            links["vulnerabilities"] = {"absolute": False, "href": f"{place}/additions/vulnerabilities"}
        if one.is_index:
            links.pop("build_history")
        config = {"Labels": {"n": "1", "org.opencontainers.image.revision": "0" * 40}}
        attributes = {"architecture": "arm64", "author": "", "config": config, "created": None, "os": "linux"}
        kind = "" if one.is_index else "application/vnd.oci.image.config.v1+json"
        return {
            "accessories": None,
            "addition_links": links,
            **({"artifact_type": kind, "extra_attrs": attributes} if kind else {}),
            "digest": one.digest,
            "icon": "sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06",
            "id": one.number,
            "labels": None,
            "manifest_media_type": one.media_type,
            "media_type": kind or one.media_type,
            "project_id": self.project.number,
            "pull_time": timestamp(one.pulled),
            "push_time": timestamp(one.pushed),
            "references": self._references(one),
            "repository_id": 1,
            "repository_name": f"{self.project.name}/{self.name}",
            **({"scan_overview": {_REPORT: _overview(one)}} if scans and one.scan is not None else {}),
            "size": len(one.body),
            "tags": [self._tag(one, name, tag) for name, tag in reversed(one.tags.items())] or None,
            "type": "IMAGE",
        }

    def _references(self, one: Artifact) -> list[dict[str, Any]] | None:
        if not one.is_index:
            return None
        platform = {"OsFeatures": None, "architecture": "arm64", "os": "linux"}
        return [
            {"child_digest": digest, "child_id": 1, "parent_id": one.number, "platform": platform, "urls": None}
            for digest in one.blobs
        ]

    def _tag(self, one: Artifact, name: str, tag: Tag) -> dict[str, Any]:
        return {
            "artifact_id": one.number,
            "id": tag.number,
            "immutable": "with_immutable_status" in self._query and immutable(self.project, self.name, name),
            "name": name,
            "pull_time": timestamp(tag.pulled),
            "push_time": timestamp(tag.pushed),
            "repository_id": 1,
        }


def _overview(one: Artifact) -> dict[str, Any]:
    scan = one.scan
    assert scan is not None
    if scan.now == "Pending":
        return {"end_time": NEVER, "report_id": "r", "scan_status": "Pending", "start_time": NEVER}
    times = {
        "duration": 3,
        "end_time": timestamp(one.pushed + 3),
        "report_id": "r",
        "start_time": timestamp(one.pushed),
    }
    if scan.now != "Success":
        return {**times, "scan_status": scan.now}
    bad = scan.severity in ("High", "Critical")
    summary = {"fixable": int(bad), "summary": {scan.severity: 1} if bad else {}, "total": int(bad)}
    scanner = {"name": "Stub", "vendor": "helper", "version": "1.0"}
    result = {"scan_status": "Success", "scanner": scanner, "severity": scan.severity, "summary": summary}
    return {**times, **result, "complete_percent": 100}
