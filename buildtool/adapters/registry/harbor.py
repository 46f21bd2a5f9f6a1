"""What a Harbor tells about itself and a project, read through its API into values; and what it can do for us."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from buildtool.adapters.registry.harbor_api import HarborApi, artifacts
from buildtool.core.harbor import HarborFacts, Project, judge
from buildtool.core.harbor_rules import Artifact, Rule, Selector
from buildtool.errors import REGISTRY_PROJECT, REGISTRY_SCAN, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.registry.client import RegistryClient
    from buildtool.adapters.registry.retry import Clock
    from buildtool.core.findings import Finding
    from buildtool.core.harbor import Use
    from buildtool.core.image import Repository

_ARTIFACTS = "?page_size=100&sort=-push_time&with_tag=true"
_SCANNING = ("", "Pending", "Running", "Scheduled")
_POLL_SECONDS = 3.0


def harbor_findings(client: RegistryClient, uses: Sequence[Use], now: int) -> list[Finding]:
    """Everything wrong with this Harbor for these images; nothing where the registry is none."""
    api = HarborApi(client.session)
    return judge(read_facts(client, uses), uses, now) if api.is_there() else []


def create_project(client: RegistryClient, repository: Repository) -> bool:
    """Make the repository's project; False when it was there. Raises registry-project for a name without one."""
    project, _, name = repository.path.partition("/")
    if not name:
        raise BuildtoolError(REGISTRY_PROJECT, f"{repository} names no project", place=client.session.base)
    return HarborApi(client.session).create_project(project)


def wait_for_scan(client: RegistryClient, repository: Repository, reference: str, clock: Clock, limit: float) -> None:
    """Wait until Harbor lets the image be pulled; raises registry-scan after `limit` seconds, or on a bad result."""
    api = HarborApi(client.session)
    waited = 0.0
    while True:
        try:
            client.manifest(repository, reference)
        except BuildtoolError as error:
            state = api.scan_status(repository, reference) if error.kind is REGISTRY_SCAN else None
            if state not in _SCANNING or waited >= limit:
                raise
        else:
            return
        clock.sleep(_POLL_SECONDS)
        waited += _POLL_SECONDS


def read_facts(client: RegistryClient, uses: Sequence[Use]) -> HarborFacts:
    """All that `judge` wants to know, a few small requests for each project."""
    api = HarborApi(client.session)
    system = _mapping(api.read("/systeminfo"))
    credential = client.session.auth.credential
    names = dict.fromkeys(use.repository.path.partition("/")[0] for use in uses if "/" in use.repository.path)
    return HarborFacts(
        client.session.base,
        _text(system.get("external_url")),
        read_only=system.get("read_only") is True,
        username=credential.username if credential is not None else "",
        projects={name: _project(api, name, uses) for name in names},
    )


def _project(api: HarborApi, name: str, uses: Sequence[Use]) -> Project:
    there = api.has_project(name)
    document = _mapping(api.read(f"/projects/{name}")) if there else {}
    if not document:
        return Project(False if there is False else None)
    metadata = _mapping(document.get("metadata"))
    quota = _mapping(_mapping(api.read(f"/projects/{name}/summary")).get("quota"))
    retention = _text(metadata.get("retention_id"))
    rules = _mapping(api.read(f"/retentions/{retention}")).get("rules") if retention.isdecimal() else None
    ours = [use.repository for use in uses if use.repository.path.startswith(f"{name}/")]
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
