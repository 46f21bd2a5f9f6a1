from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.builder import BuilderFacts, BuildEvent
    from buildtool.core.commit.ci import CiFacts
    from buildtool.core.commit.tags import Tag
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.flux.setters import Change
    from buildtool.core.image.names import Repository
    from buildtool.core.image.proof import Proof
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.ports import Builder, Clock, Context, Harbor, LayerCache, Registry, Repo

SCHEMA = "buildtool.push/v1"


@dataclass(frozen=True, slots=True)
class PushOptions:
    images: Sequence[str] = ()
    branch: str | None = None
    allow_dirty: bool = False
    allow_older: bool = False
    create_project: bool = False
    deploy: bool = True
    force: bool = False
    dry_run: bool = False


class Reporter(Protocol):
    """What the user is told while it happens."""

    def heading(self, text: str) -> None: ...
    def say(self, text: str) -> None: ...
    def warn(self, text: str) -> None: ...
    def plan(self, plan: Plan) -> None: ...
    def build(self, event: BuildEvent) -> None: ...
    def proven(self, proven: Sequence[Proven]) -> None: ...


class Lock(Protocol):
    """Keeps two runs on one machine from choosing a time or writing tags at the same moment."""

    def __call__(self, name: str) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class PushPorts:
    """The world, for one push. `texts` are the YAML files that mention image objects or setters, by path."""

    config: Config
    repo: Repo
    ci: CiFacts
    context: Context
    registry: Registry
    harbor: Harbor
    layers: LayerCache
    builder: Builder
    clock: Clock
    manifests: Manifests
    texts: Mapping[str, str]
    report: Reporter
    lock: Lock


@dataclass(frozen=True, slots=True)
class Source:
    """The commit that is built."""

    branch: str
    branch_source: str
    revision: str
    time: int
    dirty: bool
    url: str


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """One image of the run.

    `before` is the tag Flux selects now, `after` the one it will select; both None without a policy. `keeps` is the
    published tag of an image whose inputs are unchanged, and `kept` what the registry holds there. `candidate_left`: an
    earlier run could not take its candidate tag away.
    """

    config: ImageConfig
    repository: Repository
    inputs: str
    policy: ImagePolicy | None
    before: str | None
    after: str | None
    keeps: str | None = None
    kept: Proof | None = None
    candidate_left: bool = False

    @property
    def name(self) -> str:
        return self.config.name


@dataclass(frozen=True, slots=True)
class Plan:
    tag: Tag
    source: Source
    builder: BuilderFacts
    images: Sequence[ImagePlan]
    warnings: Sequence[str]

    @property
    def to_build(self) -> list[ImagePlan]:
        return [image for image in self.images if image.keeps is None]


@dataclass(frozen=True, slots=True)
class Proven:
    """An image that is in the registry, unseen, and is what was asked for."""

    plan: ImagePlan
    manifest: Manifest
    proof: Proof


@dataclass(frozen=True, slots=True)
class Outcome:
    """One image at the end. `status`: published, unchanged, planned.

    `after` is read from the live list of tags, or expected where that could not be read once more, as `unread` says.
    """

    plan: ImagePlan
    tag: str
    status: str
    proof: Proof | None
    after: str | None
    unread: str | None = None


@dataclass(frozen=True, slots=True)
class PushResult:
    plan: Plan
    outcomes: Sequence[Outcome]
    warnings: Sequence[str]
    changes: Sequence[Change]
    seconds: float
    dry_run: bool

    def document(self) -> Mapping[str, Any]:
        """The JSON of `push --json` and `--metadata-file`; sizes in bytes, time in unix seconds."""
        return {
            "schema": SCHEMA,
            "tag": self.plan.tag.text,
            "branch": self.plan.source.branch,
            "revision": self.plan.source.revision,
            "time": self.plan.tag.time,
            "dirty": self.plan.tag.dirty,
            "dry_run": self.dry_run,
            "seconds": round(self.seconds, 1),
            "warnings": list(self.warnings),
            "images": [_image(outcome) for outcome in self.outcomes],
            "next_commit": [_change(change) for change in self.changes],
        }


def _change(change: Change) -> dict[str, Any]:
    return {"path": change.path, "line": change.line, "old": change.old, "new": change.new, "setter": change.setter}


def _image(outcome: Outcome) -> dict[str, Any]:
    plan, proof = outcome.plan, outcome.proof
    return {
        "image": plan.name,
        "status": outcome.status,
        "tag": outcome.tag,
        "reference": plan.repository.at(outcome.tag),
        "digest": proof.digest if proof else None,
        "size": proof.size if proof else None,
        "platforms": [str(platform) for platform in (proof.platforms if proof else plan.config.platforms)],
        "policy": plan.config.policy,
        "flux": {"before": plan.before, "after": outcome.after},
    }
