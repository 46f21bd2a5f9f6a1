"""What a Harbor tells about itself and a project, read through its API into values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from buildtool.adapters.registry.harbor_api import HarborApi, artifacts
from buildtool.core.registry.harbor import HarborFacts, Project, judge
from buildtool.core.registry.harbor_rules import Artifact, Rule, Selector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.registry.client import RegistryClient
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor import Use
    from buildtool.errors.findings import Finding

_ARTIFACTS = "?page_size=100&sort=-push_time&with_tag=true"


def harbor_findings(client: RegistryClient, uses: Sequence[Use], now: int) -> list[Finding]:
    """Everything wrong with this Harbor for these images; nothing where the registry is none."""
    api = HarborApi(client.session)
    return judge(read_facts(client, [use.repository for use in uses]), uses, now) if api.is_there() else []


def read_facts(client: RegistryClient, repositories: Sequence[Repository]) -> HarborFacts:
    """All that `judge` wants to know, a few small requests for each project."""
    api = HarborApi(client.session)
    system = _mapping(api.read("/systeminfo"))
    credential = client.session.auth.credential
    names = dict.fromkeys(one.path.partition("/")[0] for one in repositories if "/" in one.path)
    username = credential.username if credential is not None else ""
    return HarborFacts(
        client.session.base,
        _text(system.get("external_url")),
        read_only=system.get("read_only") is True,
        username=username,
        expires=_expiry(api, list(names), username),
        projects={name: _project(api, name, repositories) for name in names},
    )


def _expiry(api: HarborApi, projects: Sequence[str], username: str) -> int:
    """When the robot we are stops working, in unix seconds; -1 for never, or where it may not look itself up."""
    if not username.startswith("robot"):
        return -1
    listed = [api.read(f"/projects/{quote(name, safe='')}/robots?page_size=100") for name in projects]
    robots = [_mapping(robot) for robots in listed if isinstance(robots, list) for robot in robots]
    return next((_number(robot.get("expires_at"), -1) for robot in robots if robot.get("name") == username), -1)


def _project(api: HarborApi, name: str, repositories: Sequence[Repository]) -> Project:
    there = api.has_project(name)
    document = _mapping(api.read(f"/projects/{name}")) if there else {}
    if not document:
        return Project(False if there is False else None)
    metadata = _mapping(document.get("metadata"))
    quota = _mapping(_mapping(api.read(f"/projects/{name}/summary")).get("quota"))
    retention = _text(metadata.get("retention_id"))
    rules = _mapping(api.read(f"/retentions/{retention}")).get("rules") if retention.isdecimal() else None
    ours = [one for one in repositories if one.path.startswith(f"{name}/")]
    return Project(
        there=True,
        prevents_vulnerable=metadata.get("prevent_vul") == "true",
        scans_on_push=metadata.get("auto_scan") == "true",
        quota=_number(_mapping(quota.get("hard")).get("storage"), -1),
        used=_number(_mapping(quota.get("used")).get("storage"), 0),
        immutable=_rules(api.read(f"/projects/{name}/immutabletagrules")),
        retention=_rules(rules),
        artifacts={one.path: _artifacts(api.read(artifacts(one) + _ARTIFACTS)) for one in ours} if rules else {},
    )


def _rules(documents: Any) -> tuple[Rule, ...]:
    entries = [_mapping(entry) for entry in documents] if isinstance(documents, list) else []
    return tuple(
        Rule(
            _text(entry.get("template")),
            _selector(entry.get("tag_selectors")),
            _selector(_mapping(entry.get("scope_selectors")).get("repository")),
            next((_number(value, 0) for value in _mapping(entry.get("params")).values()), 0),
        )
        for entry in entries
        if entry and entry.get("disabled") is not True
    )


def _selector(documents: Any) -> Selector:
    first = _mapping(documents[0]) if isinstance(documents, list) and documents else {}
    decoration = _text(first.get("decoration"))
    return Selector(_text(first.get("pattern")) or "**", excludes=decoration.lower().endswith("excludes"))


def _artifacts(documents: Any) -> tuple[Artifact, ...]:
    entries = [_mapping(entry) for entry in documents] if isinstance(documents, list) else []
    return tuple(
        Artifact(_text(entry.get("digest")), _tags(entry), _time(entry.get("push_time")), _time(entry.get("pull_time")))
        for entry in entries
    )


def _tags(entry: dict[str, Any]) -> tuple[str, ...]:
    tags = entry.get("tags")
    return tuple(_text(_mapping(tag).get("name")) for tag in tags) if isinstance(tags, list) else ()


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _time(value: Any) -> float:
    """Harbor writes "0001-01-01T00:00:00.000Z" for never."""
    try:
        return max(0.0, datetime.fromisoformat(_text(value)).timestamp())
    except (ValueError, OverflowError):
        return 0.0
