"""A Harbor's settings, before the build: those that make this push fail stop it, others are warnings of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.registry.harbor import Use, judge
from buildtool.core.registry.harbor_rules import is_immutable
from buildtool.errors.findings import Severity
from buildtool.usecases.push.further import FurtherFate
from buildtool.usecases.side_by_side import Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.harbor import HarborFacts
    from buildtool.usecases.ports import Clock, Harbor
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.recorder import Recorder, Told

# Findings of severity error that make this very push fail; the others let it through and matter later.
_STOPS: Mapping[str, errors.Kind] = {
    "harbor-no-project": errors.REGISTRY_PROJECT,
    "harbor-project-missing": errors.REGISTRY_PROJECT,
    "harbor-login": errors.REGISTRY_AUTH,
    "harbor-robot-name": errors.REGISTRY_AUTH,
    "harbor-read-only": errors.REGISTRY_DENIED,
    "harbor-proxy": errors.REGISTRY_DENIED,
    "harbor-rights": errors.REGISTRY_DENIED,
    "harbor-quota": errors.REGISTRY_QUOTA,
}
_CANDIDATE = "harbor-immutable-candidate"
_SAY_SECONDS = 10.0


class HarborChecks:
    """What a Harbor's settings will do to a plan. `texts` are the committed manifests by path."""

    def __init__(  # the parts, one by one
        self,
        harbor: Harbor,
        manifests: Manifests,
        texts: Mapping[str, str],
        clock: Clock,
        recorder: Recorder,
        options: PushOptions,
    ) -> None:
        self._harbor = harbor
        self._manifests = manifests
        self._texts = texts
        self._clock = clock
        self._recorder = recorder
        self._options = options

    def not_there(self, host: str) -> list[str]:
        """The warning for --create-project at a registry that is no Harbor."""
        return [f"--create-project: {host} is no Harbor, and has no projects"] if self._options.create_project else []

    def look(self, plan: Plan) -> HarborFacts:
        """Its settings; makes missing projects where that is asked for, and raises the first thing that must fail."""
        repositories = [image.repository for image in plan.images]
        facts = self._harbor.facts(repositories)
        if self._options.create_project and not self._options.dry_run and self._create(repositories, facts):
            facts = self._harbor.facts(repositories)
        self._raise_what_must_fail(facts, [image.repository for image in plan.to_write])
        return facts

    def concerns(self, facts: HarborFacts, images: Sequence[ImagePlan], candidate: str | None) -> list[str]:
        """What fails later; raises where the candidate tag is there already and cannot be written again."""
        found: dict[str, None] = {}
        for image in images:
            found |= dict.fromkeys(self._immutable(facts, image))
            for finding in judge(facts, [self._use(image, candidate)], self._clock.now()):
                if finding.code == _CANDIDATE and candidate in image.seen:
                    message = f"{image.repository.at(str(candidate))} exists, and {finding.message}"
                    raise errors.BuildtoolError(errors.REGISTRY_IMMUTABLE, message, fix=finding.fix, place=facts.base)
                if finding.severity is not Severity.NOTE:
                    found[finding.warning] = None
        return list(found)

    def _immutable(self, facts: HarborFacts, image: ImagePlan) -> Iterator[str]:
        """A warning for each further tag that can be written once only; raises for one that would have to move now."""
        project, _, name = image.repository.path.partition("/")
        rules = facts.projects[project].immutable if project in facts.projects else ()
        for one in image.further:
            if not one.written or not is_immutable(rules, name, one.tag):
                continue
            message = f"{image.repository.at(one.tag)} is immutable by a rule of the Harbor project {project!r}"
            fix = f"except {one.tag!r} from the rule, or leave {one.template!r} out of images.{image.name}.tags"
            if one.fate is FurtherFate.MOVES:
                why = f"{message}, and points at another image"
                raise errors.BuildtoolError(errors.REGISTRY_IMMUTABLE, why, fix=fix, place=facts.base)
            yield f"{message}: it can be written now, and never be moved ({fix})"

    def _use(self, image: ImagePlan, candidate: str | None) -> Use:
        from buildtool.core.flux.setters import committed_tags  # noqa: PLC0415 -- 40 ms, for a Harbor

        policy = image.config.policy
        return Use(
            image.repository,
            image.tag or image.before or "",
            candidate if image.builds else None,
            image.before,
            committed_tags(self._texts, policy) if policy else (),
            self._manifests.without_login(policy, str(image.repository)),
        )

    def _raise_what_must_fail(self, facts: HarborFacts, repositories: Sequence[Repository]) -> None:
        uses = [Use(repository, "", None) for repository in repositories]
        if uses:
            errors.raise_first(judge(facts, uses, self._clock.now()), _STOPS, facts.base)

    def _create(self, repositories: Sequence[Repository], facts: HarborFacts) -> bool:
        """Whether any project was made."""
        by_project = {repository.project: repository for repository in repositories}
        missing = [name for name, project in facts.projects.items() if project.there is False]
        for name in missing:
            if self._harbor.create_project(by_project[name]):
                self._recorder.say(f"made the Harbor project {name!r}")
        return bool(missing)


class PushedToHarbor:
    """What a push to Harbor meets: an image that is scanned before anybody may read it, or a refusal.

    `limit` is how many seconds a scan is waited for, for each image.
    """

    def __init__(self, harbor: Harbor, limit: float, recorder: Told) -> None:
        self._harbor = harbor
        self._limit = limit
        self._recorder = recorder

    def wait(self, repository: Repository, reference: str) -> None:
        """Until Harbor lets the image be read; raises registry-scan when that takes too long or the scan ends badly.

        Every few seconds it is said that the run still waits.
        """
        self._recorder.say(f"Harbor scans {repository} before anybody may read it: waiting {self._limit:g} s at most")
        scan = Task(lambda: self._harbor.wait_for_scan(repository, reference, self._limit))
        scan.wait(_SAY_SECONDS)
        while not scan.done:
            self._recorder.say(f"Harbor still scans {repository}")
            scan.wait(_SAY_SECONDS)
        scan.result()

    def explained(self, repositories: Sequence[Repository], error: errors.BuildtoolError) -> errors.BuildtoolError:
        """The failure of a build's push, in Harbor's own words where it has some: BuildKit prints only the status."""
        if error.kind not in {errors.REGISTRY_DENIED, errors.REGISTRY_AUTH, errors.REGISTRY_QUOTA}:
            return error
        try:
            return self._harbor.why_refused(repositories) or error
        except errors.BuildtoolError:
            return error  # asking failed too: the first failure is the one to tell
