"""What a Harbor says before the build: what would fail stops the push, what bites later is a warning of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.findings import Severity
from buildtool.core.registry.harbor import Use, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from buildtool.core.findings import Finding
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor import HarborFacts
    from buildtool.usecases.push.model import ImagePlan, PushOptions, PushPorts

# Findings of severity error that make this very push fail; the others let it through and bite later.
_STOPS: Mapping[str, errors.Kind] = {
    "harbor-no-project": errors.REGISTRY_PROJECT,
    "harbor-project-missing": errors.REGISTRY_PROJECT,
    "harbor-read-only": errors.REGISTRY_DENIED,
    "harbor-quota": errors.REGISTRY_QUOTA,
    "harbor-scan": errors.REGISTRY_SCAN,
}
_CANDIDATE = "harbor-immutable-candidate"


def look(ports: PushPorts, repositories: Sequence[Repository], options: PushOptions) -> HarborFacts:
    """Read its settings, make missing projects where that is asked for, and raise the first thing that must fail."""
    facts = ports.harbor.facts(repositories)
    if options.create_project and not options.dry_run and _create(ports, repositories, facts):
        facts = ports.harbor.facts(repositories)
    uses = [Use(repository, "", None) for repository in repositories]
    for finding in judge(facts, uses, ports.clock.now()):
        kind = _STOPS.get(finding.code)
        if kind is not None and finding.severity is Severity.ERROR:
            raise errors.BuildtoolError(kind, _sentence(finding), fix=finding.fix, place=facts.base)
    return facts


def concerns(facts: HarborFacts, images: Iterable[ImagePlan], tag: str, candidate: str | None, now: int) -> list[str]:
    """What bites later; raises where the candidate tag is there already and cannot be written again."""
    found: dict[str, None] = {}
    for image in images:
        use = Use(image.repository, tag, None if image.keeps else candidate, image.before)
        for finding in judge(facts, [use], now):
            if finding.code == _CANDIDATE and image.candidate_left:
                message = f"{image.repository.at(str(candidate))} exists, and {finding.message}"
                raise errors.BuildtoolError(errors.REGISTRY_IMMUTABLE, message, fix=finding.fix, place=facts.base)
            if finding.severity is not Severity.NOTE:
                found[f"{_sentence(finding)} ({finding.fix})"] = None
    return list(found)


def wait_for_scan(ports: PushPorts, repository: Repository, reference: str) -> None:
    """Until Harbor lets the image be read; raises registry-scan when that takes too long or the scan ends badly."""
    limit = ports.config.push.scan_wait
    ports.report.say(f"Harbor scans {repository} before anybody may read it: waiting {limit} s at most")
    ports.harbor.wait_for_scan(repository, reference, limit)


def _create(ports: PushPorts, repositories: Sequence[Repository], facts: HarborFacts) -> bool:
    """Whether any project was made."""
    by_project = {repository.path.partition("/")[0]: repository for repository in repositories}
    missing = [name for name, project in facts.projects.items() if project.there is False]
    for name in missing:
        if ports.harbor.create_project(by_project[name]):
            ports.report.say(f"made the Harbor project {name!r}")
    return bool(missing)


def _sentence(finding: Finding) -> str:
    return f"{finding.message}: {finding.reason.rstrip('.')}"
