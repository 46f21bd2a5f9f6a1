"""A Harbor's settings, before the build: those that make this push fail stop it, others are warnings of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.registry.harbor import Use, judge
from buildtool.errors.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor import HarborFacts
    from buildtool.errors.findings import Finding
    from buildtool.usecases.ports import Clock, Harbor
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.recorder import Recorder

# Findings of severity error that make this very push fail; the others let it through and matter later.
_STOPS: Mapping[str, errors.Kind] = {
    "harbor-no-project": errors.REGISTRY_PROJECT,
    "harbor-project-missing": errors.REGISTRY_PROJECT,
    "harbor-read-only": errors.REGISTRY_DENIED,
    "harbor-quota": errors.REGISTRY_QUOTA,
    "harbor-scan": errors.REGISTRY_SCAN,
}
_CANDIDATE = "harbor-immutable-candidate"


class HarborChecks:
    """What a Harbor's settings will do to a plan. `create_project`: make the projects that are missing."""

    def __init__(self, harbor: Harbor, clock: Clock, recorder: Recorder, *, create_project: bool) -> None:
        self._harbor = harbor
        self._clock = clock
        self._recorder = recorder
        self._create_project = create_project

    def not_there(self, host: str) -> list[str]:
        """The warning for --create-project at a registry that is no Harbor."""
        return [f"--create-project: {host} is no Harbor, and has no projects"] if self._create_project else []

    def look(self, plan: Plan) -> HarborFacts:
        """Its settings; makes missing projects where that is asked for, and raises the first thing that must fail."""
        repositories = [image.repository for image in plan.images]
        facts = self._harbor.facts(repositories)
        if self._create_project and self._create(repositories, facts):
            facts = self._harbor.facts(repositories)
        self._raise_what_must_fail(facts, [image.repository for image in plan.to_publish])
        return facts

    def _raise_what_must_fail(self, facts: HarborFacts, repositories: Sequence[Repository]) -> None:
        for finding in judge(facts, [Use(repository, "", None) for repository in repositories], self._clock.now()):
            kind = _STOPS.get(finding.code)
            if kind is not None and finding.severity is Severity.ERROR:
                raise errors.BuildtoolError(kind, _sentence(finding), fix=finding.fix, place=facts.base)

    def _create(self, repositories: Sequence[Repository], facts: HarborFacts) -> bool:
        """Whether any project was made."""
        by_project = {repository.path.partition("/")[0]: repository for repository in repositories}
        missing = [name for name, project in facts.projects.items() if project.there is False]
        for name in missing:
            if self._harbor.create_project(by_project[name]):
                self._recorder.say(f"made the Harbor project {name!r}")
        return bool(missing)


class Scans:
    """Waits for a Harbor that scans an image before anybody may read it, at most `limit` seconds an image."""

    def __init__(self, harbor: Harbor, limit: float, recorder: Recorder) -> None:
        self._harbor = harbor
        self._limit = limit
        self._recorder = recorder

    def wait(self, repository: Repository, reference: str) -> None:
        """Until Harbor lets the image be read; raises registry-scan when that takes too long or the scan ends badly."""
        self._recorder.say(f"Harbor scans {repository} before anybody may read it: waiting {self._limit:g} s at most")
        self._harbor.wait_for_scan(repository, reference, self._limit)


def concerns(facts: HarborFacts, images: Sequence[ImagePlan], candidate: str | None, now: int) -> list[str]:
    """What fails later; raises where the candidate tag is there already and cannot be written again."""
    found: dict[str, None] = {}
    for image in images:
        use = Use(image.repository, image.tag or image.before or "", candidate if image.builds else None, image.before)
        for finding in judge(facts, [use], now):
            if finding.code == _CANDIDATE and candidate in image.seen:
                message = f"{image.repository.at(str(candidate))} exists, and {finding.message}"
                raise errors.BuildtoolError(errors.REGISTRY_IMMUTABLE, message, fix=finding.fix, place=facts.base)
            if finding.severity is not Severity.NOTE:
                found[f"{_sentence(finding)} ({finding.fix})"] = None
    return list(found)


def _sentence(finding: Finding) -> str:
    return f"{finding.message}: {finding.reason.rstrip('.')}"
