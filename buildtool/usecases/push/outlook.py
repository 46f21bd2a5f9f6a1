"""What came of a push: each image's state, what Flux selects now, and the lines that its next commits change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.flux.policy import select
from buildtool.errors import BuildtoolError
from buildtool.usecases.push.next_commit import next_commit
from buildtool.usecases.push.result import MirrorOutcome, Outcome, PushResult

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from buildtool.core.flux.manifests import Manifests
    from buildtool.usecases.ports import Clock
    from buildtool.usecases.push.further import Further
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.result import Proven
    from buildtool.usecases.push.transaction import Write


class Outlook:
    """Looks at the registry and the manifests once more, at the end. `texts` and `links` as for run_all."""

    def __init__(
        self,
        live: LiveTags,
        manifests: Manifests,
        texts: Mapping[str, str],
        clock: Clock,
        links: Mapping[str, str] | None = None,
    ) -> None:
        self._live = live
        self._manifests = manifests
        self._texts = texts
        self._links = links
        self._clock = clock
        self._began = clock.now()

    def planned(self, plan: Plan) -> PushResult:
        """The result of a dry run."""
        outcomes = [replace(_kept(image) or _planned(image), further=tuple(image.further)) for image in plan.images]
        to_write = {
            mirror.at(one.tag)
            for one in outcomes
            for mirror in (one.plan.lacking if one.status == "unchanged" else one.plan.mirrors)
        }
        return self._result(plan, [_mirrored(one, to_write, "planned") for one in outcomes], dry_run=True)

    def published(
        self,
        plan: Plan,
        proven: Sequence[Proven],
        writes: Sequence[Write],
        further: Mapping[str, Sequence[Further]] | None = None,
    ) -> PushResult:
        """The result of a push that has published `writes` (later ones of an image replace earlier ones).

        `further` is what became of the further tags, by image.
        """
        proofs = {one.plan.name: one for one in proven}
        own = [write for write in writes if not write.mirror]
        tags = {write.name: write.tag for write in own if write.manifest.digest == proofs[write.name].proof.digest}
        outcomes = [_kept(image) or self._live_outcome(proofs[image.name], tags[image.name]) for image in plan.images]
        outcomes = [replace(one, further=tuple((further or {}).get(one.plan.name, ()))) for one in outcomes]
        written = {write.reference for write in writes if write.mirror}
        return self._result(plan, [_mirrored(one, written, "published") for one in outcomes], dry_run=False)

    def _live_outcome(self, proven: Proven, tag: str) -> Outcome:
        """What Flux selects now; the expected tag, with the reason, where the registry cannot be read again."""
        image = proven.plan
        if image.policy is None:
            return Outcome(image, tag, "published", proven.proof, None)
        try:
            tags = self._live.read([image.config])[image.name]
            after = select(image.policy, self._live.visible(image.config, tags)).winner
        except BuildtoolError as error:
            return Outcome(image, tag, "published", proven.proof, image.after, f"{error.place}: {error.message}")
        return Outcome(image, tag, "published", proven.proof, after)

    def _result(self, plan: Plan, outcomes: Sequence[Outcome], *, dry_run: bool) -> PushResult:
        warnings = [*plan.warnings, *(warning for outcome in outcomes for warning in _warnings(outcome))]
        changes = next_commit(self._manifests, self._texts, outcomes, self._links)
        warnings += changes.notes
        return PushResult(plan, outcomes, tuple(warnings), self._clock.now() - self._began, dry_run, changes)


def _mirrored(outcome: Outcome, written: Collection[str], status: str) -> Outcome:
    """With what became of its mirrors: `status` for those whose reference is among `written`."""
    references = [mirror.at(outcome.tag) for mirror in outcome.plan.mirrors]
    mirrors = [MirrorOutcome(one, status if one in written else "unchanged") for one in references]
    return replace(outcome, mirrors=tuple(mirrors))


def _kept(image: ImagePlan) -> Outcome | None:
    if image.tag is not None or image.published is None:
        return None
    return Outcome(image, image.published.tag, "unchanged", image.published.proof, _selected(image))


def _planned(image: ImagePlan) -> Outcome:
    return Outcome(image, str(image.tag), "planned", None, _selected(image))


def _selected(image: ImagePlan) -> str | None:
    """What Flux will select; nothing where no policy looks at the image, whatever tags it has."""
    return image.after if image.policy is not None else None


def _warnings(outcome: Outcome) -> list[str]:
    if outcome.unread:
        return [f"{outcome.plan.name}: published; whether Flux selects it is not known: {outcome.unread}"]
    expected = _selected(outcome.plan)
    if outcome.status == "published" and expected is not None and outcome.after not in {expected, outcome.tag}:
        selects = f"Flux selects {outcome.after}" if outcome.after else "what Flux selects is not sure any more"
        return [f"{outcome.plan.name}: another push published meanwhile: {selects}, not {outcome.tag}"]
    return []
