"""What a push came to, as values and as the JSON document of `push --json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buildtool.usecases.push.further import FurtherFate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.flux.setters import Change
    from buildtool.core.image.proof import Proof
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.push.further import Further
    from buildtool.usecases.push.plan import ImagePlan, Plan

SCHEMA = "buildtool.push/v1"
MESSAGES = ("warnings", "reason", "next_commit_errors")  # the document's fields that are for people


@dataclass(frozen=True, slots=True)
class Proven:
    """An image that is in the registry, where no policy sees it, and is what was asked for."""

    plan: ImagePlan
    manifest: Manifest
    proof: Proof


@dataclass(frozen=True, slots=True)
class MirrorOutcome:
    """A mirror of an image at the end, with the image's tag. `status`: published, unchanged, planned."""

    reference: str
    status: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One image at the end. `status`: published, unchanged, planned.

    `tag` exists in the registry unless the status is planned. `after` is what Flux selects from the live list of tags,
    or the expected one where that could not be read once more, as `unread` says. `further` are the tags beside `tag`.
    """

    plan: ImagePlan
    tag: str
    status: str
    proof: Proof | None
    after: str | None
    unread: str | None = None
    further: Sequence[Further] = ()
    mirrors: tuple[MirrorOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class NextCommit:
    """What Flux's next commits change, and what keeps an automation of this repository from writing.

    `notes` are the automations that do not run here, where one is missed: an image that none of the others writes.
    """

    changes: Sequence[Change] = ()
    errors: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PushResult:
    """The end of a push; `seconds` is how long it took."""

    plan: Plan
    outcomes: Sequence[Outcome]
    warnings: Sequence[str]
    seconds: float
    dry_run: bool
    next_commit: NextCommit = field(default_factory=NextCommit)

    @property
    def published(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.status == "published"]

    @property
    def tag(self) -> str | None:
        """The one tag that was published (in a dry run: would be); None where there is none, or several."""
        tags = {outcome.tag for outcome in self.outcomes if outcome.status != "unchanged"}
        return tags.pop() if len(tags) == 1 else None

    def document(self) -> Mapping[str, Any]:
        """The JSON of `push --json` and `--metadata-file`; sizes in bytes, time in unix seconds."""
        return {
            "schema": SCHEMA,
            "tag": self.tag,
            "branch": self.plan.source.branch or None,
            "release": self.plan.source.release.tag if self.plan.source.release is not None else None,
            "revision": self.plan.source.revision,
            "time": self.plan.tag.time,
            "dirty": self.plan.tag.dirty,
            "dry_run": self.dry_run,
            "seconds": round(self.seconds, 1),
            "warnings": list(self.warnings),
            "outside": [one.document() for one in self.plan.outside],
            "images": [_image(outcome, dry_run=self.dry_run) for outcome in self.outcomes],
            "next_commit": [_change(change) for change in self.next_commit.changes],
            "next_commit_errors": list(self.next_commit.errors),
        }


def _change(change: Change) -> dict[str, Any]:
    return {"path": change.path, "line": change.line, "old": change.old, "new": change.new, "setter": change.setter}


def _image(outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    plan, proof = outcome.plan, outcome.proof
    return {
        "image": plan.name,
        "status": outcome.status,
        "reason": plan.why,
        "tag": outcome.tag,
        "reference": plan.repository.at(outcome.tag),
        "mirrors": [{"reference": one.reference, "status": one.status} for one in outcome.mirrors],
        "digest": proof.digest if proof else None,
        "size": proof.size if proof else None,
        "platforms": [str(platform) for platform in (proof.platforms if proof else plan.config.platforms)],
        "policy": plan.config.policy,
        "bases": [one.document() for one in plan.moved],
        "flux": {"before": plan.before if plan.policy is not None else None, "after": outcome.after},
        "further_tags": [_further(plan, one, dry_run=dry_run) for one in outcome.further],
    }


def _further(plan: ImagePlan, one: Further, *, dry_run: bool) -> dict[str, Any]:
    words = {
        FurtherFate.NEW: "planned" if dry_run else "written",
        FurtherFate.MOVES: "planned" if dry_run else "moved",
        FurtherFate.THERE: "unchanged",
        FurtherFate.STAYS: "kept",
        FurtherFate.LEFT_OUT: "left-out",
    }
    return {
        "template": one.template,
        "tag": one.tag or None,
        "reference": plan.repository.at(one.tag) if one.tag else None,
        "status": words[one.fate],
        "reason": one.why,
    }
