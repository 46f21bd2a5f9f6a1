"""What a Harbor tells about itself and a project, read through its API into values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from buildtool.adapters.registry.harbor.api import HarborApi, artifacts
from buildtool.core.registry import harbor_documents
from buildtool.core.registry.harbor import HarborFacts, Project, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.registry.client import RegistryClient
    from buildtool.core.findings import Finding
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor import Use
    from buildtool.core.registry.harbor_rules import Artifact

_PAGE = 100
_MOST_PAGES = 100
_ARTIFACTS = f"?page_size={_PAGE}&sort=-push_time&with_tag=true&with_immutable_status=true"


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
        immutable=harbor_documents.rules(api.read(f"/projects/{name}/immutabletagrules")),
        retention=harbor_documents.rules(rules),
        artifacts={one.path: _all_artifacts(api, one) for one in ours} if rules else {},
    )


def _all_artifacts(api: HarborApi, repository: Repository) -> tuple[Artifact, ...]:
    """Every artifact: retention counts them all. A repository with more than the bound is judged by its newest."""
    found: list[Artifact] = []
    for page in range(1, _MOST_PAGES + 1):
        there = harbor_documents.artifacts(api.read(f"{artifacts(repository)}{_ARTIFACTS}&page={page}"))
        found += there
        if len(there) < _PAGE:
            break
    return tuple(found)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
