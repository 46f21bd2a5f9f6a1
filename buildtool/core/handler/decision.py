"""An alert and facts -> roll back which image to which tag, or refuse and why: the first objection counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.handler.objections import Refusal
from buildtool.core.handler.rollback_times import DAY, is_begun, within
from buildtool.core.text.units import age

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from buildtool.core.handler.alerts import Alert
    from buildtool.core.handler.suspects import Suspect

OLDEST = 3600  # seconds: an alert that is older was kept by somebody
_AHEAD = 300  # seconds that two clocks of one cluster may differ
_SHORT = 12

Objection = tuple[Refusal, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`refusal` is None where the image is to go from `bad` to `target`; `reason` is one sentence."""

    image: str
    reason: str
    refusal: Refusal | None = None
    bad: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class RollbackLimits:
    """`cool_down` is seconds between two rollbacks of one image, `per_day` how many rollbacks 24 hours may have."""

    cool_down: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known beside the images: `head` is the newest commit of `branch`.

    `allowed` are the configured Kustomizations. `recovered` is the time of the newest word that this one is healthy at
    this commit, None for none; `healthy` whether the cluster says so now.
    """

    now: int
    branch: str
    head: str
    allowed: Collection[str]
    recovered: int | None = None
    healthy: bool = False


def refuse_alert(alert: Alert, scene: Scene) -> Judgement | None:
    """Why the alert is not acted on, whatever the images; None where they have to be looked at."""
    checks = (_foreign, _stale, _not_newest, _recovered)
    return next((found for check in checks if (found := check(alert, scene)) is not None), None)


def judge_suspect(
    suspect: Suspect, limits: RollbackLimits, now: int, times: Sequence[int], days: Sequence[int]
) -> Judgement:
    """`times` are the finished rollbacks of this image, `days` those of all images, in unix seconds."""
    bad, target = suspect.lines[0].tag, suspect.lines[0].replaced
    objection = (
        _objection_of_git(suspect)
        or _objection_of_registry(suspect)
        or (None if is_begun(bad, suspect.tags) else _limited(limits, now, times, days))
    )
    if objection is not None:
        return Judgement(suspect.image, objection[1], objection[0], bad, target)
    return Judgement(suspect.image, f"{bad} is not healthy; it replaced {target}", None, bad, target)


def _objection_of_git(suspect: Suspect) -> Objection | None:
    """What the values at the setters and their history say against it."""
    bad = suspect.lines[0].tag
    tags = dict.fromkeys(line.tag for line in suspect.lines)
    if len(tags) > 1:
        return Refusal.UNCLEAR, f"its setters do not agree: {', '.join(tags)}"
    if all(line.healthy == bad for line in suspect.lines):
        return Refusal.UNCHANGED, f"the Kustomization was healthy with {bad}, so the image is not what broke it"
    human = next((line.human for line in suspect.lines if line.human), "")
    if human:
        return Refusal.HUMAN, human
    edited = next((line for line in suspect.lines if line.edited and not line.healthy), None)
    if edited is not None:
        reason = (
            f"{edited.edited} was changed after {bad} was committed, and only the cluster could tell which broke it"
        )
        return Refusal.UNCLEAR, reason
    targets = {line.replaced for line in suspect.lines}
    if len(targets) > 1 or not targets.isdisjoint({"", bad}):
        return Refusal.UNCLEAR, f"the history of its setters does not tell one tag that {bad} replaced"
    return None


def _objection_of_registry(suspect: Suspect) -> Objection | None:
    """What the tags and images say against it."""
    bad = suspect.lines[0].tag
    if suspect.selected != bad:
        return Refusal.NOT_SELECTED, f"Flux selects {suspect.selected or 'nothing'} by now, not {bad}"
    if suspect.republished:
        return Refusal.IS_ROLLBACK, f"{bad} was published by a rollback itself: a person has to look"
    return (Refusal.NO_TARGET, suspect.target_fault) if suspect.target_fault else None


def _limited(limits: RollbackLimits, now: int, times: Sequence[int], days: Sequence[int]) -> Objection | None:
    lately = within(times, now, limits.cool_down) if limits.cool_down else []
    if lately:
        ago = age(max(0, now - max(lately)))
        return Refusal.COOL_DOWN, f"it was rolled back {ago} ago; the cool-down is {limits.cool_down} s"
    today = within(days, now, DAY)
    if len(today) >= limits.per_day:
        return Refusal.DAILY_LIMIT, f"{len(today)} rollbacks within 24 hours; the limit is {limits.per_day}"
    return None


def _foreign(alert: Alert, scene: Scene) -> Judgement | None:
    if alert.subject in scene.allowed:
        return None
    return Judgement("", f"{alert.subject} is not in handler.kustomizations", Refusal.FOREIGN)


def _stale(alert: Alert, scene: Scene) -> Judgement | None:
    if alert.time < scene.now - OLDEST:
        return Judgement("", f"the event is {age(scene.now - alert.time)} old", Refusal.STALE)
    if alert.time > scene.now + _AHEAD:
        return Judgement("", f"the event is {age(alert.time - scene.now)} in the future: clocks differ", Refusal.STALE)
    return None


def _not_newest(alert: Alert, scene: Scene) -> Judgement | None:
    if not alert.commit:
        return Judgement("", "the event names no commit", Refusal.NOT_NEWEST)
    if alert.branch not in {"", scene.branch}:
        return Judgement("", f"it is about branch {alert.branch}, not {scene.branch}", Refusal.NOT_NEWEST)
    if alert.commit != scene.head:
        reason = f"it is about {alert.commit[:_SHORT]}; {scene.branch} stands on {scene.head[:_SHORT]}"
        return Judgement("", reason, Refusal.NOT_NEWEST)
    return None


def _recovered(alert: Alert, scene: Scene) -> Judgement | None:
    if scene.recovered is not None and scene.recovered >= alert.time:
        return Judgement("", f"a later event said that {alert.subject} is healthy at this commit", Refusal.RECOVERED)
    if scene.healthy:
        return Judgement("", f"the cluster says that {alert.subject} is healthy at this commit", Refusal.RECOVERED)
    return None
