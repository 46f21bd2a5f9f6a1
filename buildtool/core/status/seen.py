"""What was seen of one image, at one moment. Everything may be unseen, and then says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.status.kubernetes import Deployment, FluxObject, Kustomization
    from buildtool.core.status.station import Unseen


@dataclass(frozen=True, slots=True)
class BranchHead:
    """The newest commit of the deploy branch, on the remote."""

    branch: str
    sha: str
    time: int | None
    subject: str


@dataclass(frozen=True, slots=True)
class RepositoryTags:
    """All tags of the repository, and those of them that Flux sees."""

    every: Sequence[str]
    visible: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The image under the tag that is followed. `wrong` says why it is not what its tag says; "" where it is.

    `revision` is the commit of its label, "" where it has none.
    """

    digest: str
    platforms: str
    wrong: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class ImageObjects:
    """Flux's image objects in the cluster. `latest` is the tag that the ImagePolicy has selected, "" for none."""

    repository: FluxObject | Unseen
    policy: FluxObject
    latest: str
    automations: Sequence[FluxObject] | Unseen


@dataclass(frozen=True, slots=True)
class SetterValue:
    """A tag at a setter in the remote branch, the commit that wrote it, and the time of that commit."""

    path: str
    setter: str
    tag: str
    commit: str
    time: int | None


@dataclass(frozen=True, slots=True)
class Setters:
    """The setters of a policy in the remote branch. `elsewhere`: the branch that an automation writes to instead."""

    values: Sequence[SetterValue]
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """A Kustomization that applies a file with a setter of the image.

    `holds` says whether what it has applied contains the commit with the tag; None where this clone cannot tell.
    """

    kustomization: Kustomization
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment that runs the image; `troubles` are the reasons of its pods."""

    deployment: Deployment
    troubles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """What a health URL told: `revision` at its key, or `wrong`, why it did not."""

    url: str
    revision: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """`target` is the tag that is followed, None where none is published.

    `names` are the ways in which the image's repository is written in manifests. `subject` is the policy, None where
    the image has none.
    """

    image: str
    target: str | None
    policy: ImagePolicy | None
    names: frozenset[str]
    head: BranchHead | Unseen
    tags: RepositoryTags | Unseen
    read_back: ReadBack | Unseen
    flux: ImageObjects | Unseen
    setters: Setters | Unseen
    applied: Sequence[Applied] | Unseen
    workloads: Sequence[Workload] | Unseen
    health: Health | Unseen
