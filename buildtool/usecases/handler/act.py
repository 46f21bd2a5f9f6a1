"""One alert from its facts to its decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.core.handler.decision import Judgement, RollbackLimits, Scene, judge_suspect, refuse_alert
from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.records import Decision, Result
from buildtool.core.handler.rollback_times import rollback_times
from buildtool.errors import BuildtoolError
from buildtool.usecases.handler.gather import Gatherer, cluster_word, rollback_tags
from buildtool.usecases.push import selection
from buildtool.usecases.rollback.run import selected_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.handler.alerts import Alert
    from buildtool.core.status.kubernetes import Kustomization
    from buildtool.usecases.handler.gather import Found
    from buildtool.usecases.handler.view import DeployBranchViews, View
    from buildtool.usecases.ports import Clock


class _Judged(NamedTuple):
    found: Found | None
    judgement: Judgement


class RollbackHandler:
    """Judges alerts one after the other; with `dry_run` nothing is written."""

    def __init__(self, branch: DeployBranchViews, clock: Clock, *, dry_run: bool = False) -> None:
        self._branch = branch
        self._clock = clock
        self._dry_run = dry_run

    def handle(self, alert: Alert, recovered: int | None = None) -> list[Decision]:
        """What was done about the alert, at least one decision; `recovered` is when a later event said it is healthy.

        Nothing is raised: what could not be done is a decision too.
        """
        try:
            view = self._branch.newest()
            word = cluster_word(view, alert.subject)
            refused = refuse_alert(alert, self._scene(alert, view, word, recovered))
            if refused is not None:
                return [self._decision(alert, refused)]
            return self._about_images(alert, view, (word.applied or "") if word is not None else "")
        except BuildtoolError as error:
            return [self._failure(alert, "", error)]

    def _scene(self, alert: Alert, view: View, word: Kustomization | None, recovered: int | None) -> Scene:
        ready = word.flux.ready if word is not None else None
        healthy = word is not None and word.applied == alert.commit and ready is not None and ready.status == "True"
        allowed = view.config.handler.kustomizations
        return Scene(self._clock.now(), view.branch, view.head, allowed, recovered, healthy)

    def _about_images(self, alert: Alert, view: View, healthy: str) -> list[Decision]:
        files = view.tree.files_of(alert.subject, view.config.handler.cluster)
        if len(files) != 1:
            several = f"{alert.subject} is in several clusters: set handler.cluster in buildtool.toml"
            unknown = f"this repository does not say what {alert.subject} applies"
            judgement = Judgement("", several if files else unknown, Refusal.UNCLEAR if files else Refusal.NO_IMAGE)
            return [self._decision(alert, judgement)]
        gatherer = Gatherer(view, files[0], healthy)
        images = gatherer.images()
        if not images:
            reason = f"{alert.subject} applies no setter of an image of buildtool.toml"
            return [self._decision(alert, Judgement("", reason, Refusal.NO_IMAGE))]
        judged, decisions = self._judged(alert, view, gatherer)
        decisions += [self._decision(alert, one.judgement) for one in judged if one.judgement.refusal is not None]
        going = [one for one in judged if one.judgement.refusal is None]
        return decisions + (self._perform(alert, view, going) if going else [])

    def _judged(self, alert: Alert, view: View, gatherer: Gatherer) -> tuple[list[_Judged], list[Decision]]:
        """A judgement for each image, and what could not be asked."""
        settings = view.config.handler
        limits = RollbackLimits(settings.cool_down, settings.per_day)
        times = {name: rollback_times(tags) for name, tags in rollback_tags(view).items()}
        days = sorted({time for found in times.values() for time in found})
        judged: list[_Judged] = []
        failures: list[Decision] = []
        for image in gatherer.images():
            try:
                found = gatherer.of(image)
            except BuildtoolError as error:
                failures.append(self._failure(alert, image.name, error))
                continue
            judgement = judge_suspect(found.suspect, limits, self._clock.now(), times[image.name], days)
            judged.append(_Judged(found, judgement))
        return judged, failures

    def _perform(self, alert: Alert, view: View, going: Sequence[_Judged]) -> list[Decision]:
        """All images of the alert go back together, under one time."""
        chosen = [(one.found.standing, one.found.target) for one in going if one.found and one.found.target]
        try:
            plans = view.rollback.plan_chosen(chosen, _watching(view, [one.judgement.image for one in going]))
            if not self._dry_run:
                view.rollback.carry_out(plans, lambda _: None)
            selected = [plan.tag if self._dry_run else selected_now(view.live, plan) for plan in plans]
        except BuildtoolError as error:
            return [self._failure(alert, one.judgement.image, error, one.judgement) for one in going]
        result = Result.DRY_RUN if self._dry_run else Result.ROLLED_BACK
        decisions = []
        for one, plan, now in zip(going, plans, selected, strict=True):
            reason = one.judgement.reason if now == plan.tag else f"{one.judgement.reason}; but Flux selects {now}"
            decisions.append(self._record(alert, one.judgement, result, reason, tag=plan.tag or ""))
        return decisions

    def _decision(self, alert: Alert, judgement: Judgement) -> Decision:
        return self._record(alert, judgement, Result.REFUSED, judgement.reason)

    def _failure(self, alert: Alert, image: str, error: BuildtoolError, judgement: Judgement | None = None) -> Decision:
        place = f"{error.place}: " if error.place else ""
        known = judgement or Judgement(image, "")
        return self._record(alert, known, Result.FAILED, f"{error.kind.code}: {place}{error.message}")

    def _record(self, alert: Alert, judgement: Judgement, result: Result, reason: str, *, tag: str = "") -> Decision:
        return Decision(
            time=self._clock.now(),
            result=result,
            reason=reason,
            refusal=judgement.refusal,
            subject=alert.subject,
            commit=alert.commit,
            image=judgement.image,
            bad=judgement.bad,
            target=judgement.target,
            tag=tag,
        )


def _watching(view: View, names: Sequence[str]) -> list[ImagePolicy]:
    images = view.config.images
    policies = {name: selection.policy_of(images[name], view.manifests) for name in names}
    return selection.watching(view.manifests, view.config, policies)
