"""The final tags: of every image, or of none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.build.labels import VERSION
from buildtool.core.image.proof import problems
from buildtool.core.registry.contents import TagRemoval
from buildtool.usecases.prove import read_back, wrong_programs
from buildtool.usecases.push.harbor import wait_for_scan
from buildtool.usecases.push.model import Proven

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from buildtool.core.image.names import Repository
    from buildtool.core.image.proof import Proof
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.push.model import ImagePlan, Plan, PushPorts


def prove(ports: PushPorts, plan: Plan, digests: Mapping[str, str]) -> list[Proven]:
    """Read every image back by digest; raises proof-failed naming everything that is wrong with any of them."""
    ports.report.heading("Prove what the registry holds")
    proven, wrong = [], []
    for image in plan.to_build:
        digest = digests[image.name]
        manifest, proof = _read_back(ports, image.repository, digest)
        if proof.label(VERSION) not in {None, plan.tag.text}:
            raise errors.BuildtoolError(
                errors.PUSH_INTERRUPTED, f"another run pushed {image.name} under the candidate tag at the same moment"
            )
        found = problems(proof, digest=digest, platforms=image.config.platforms, revision=plan.source.revision)
        found = found or wrong_programs(ports.registry, ports.layers, image.repository, proof)
        wrong += [f"{image.name}: {problem}" for problem in found]
        proven.append(Proven(image, manifest, proof))
    if wrong:
        raise errors.BuildtoolError(errors.PROOF_FAILED, "; ".join(wrong) + "; no tag was published")
    return proven


def _read_back(ports: PushPorts, repository: Repository, digest: str) -> tuple[Manifest, Proof]:
    """The image; where Harbor lets nobody read it before its scan has ended, that is waited for."""
    try:
        return read_back(ports.registry, repository, digest)
    except errors.BuildtoolError as error:
        if error.kind is not errors.REGISTRY_SCAN:
            raise
    wait_for_scan(ports, repository, digest)
    return read_back(ports.registry, repository, digest)


def publish(ports: PushPorts, plan: Plan, proven: Sequence[Proven]) -> None:
    """Write the final tag of every image. When one cannot be written, those written before are taken away again."""
    written: list[Repository] = []
    try:
        for image in proven:
            written.append(image.plan.repository)
            ports.registry.put_manifest(image.plan.repository, plan.tag.text, image.manifest)
    except BaseException:
        _take_back(ports, written, plan.tag.text)
        raise


def _take_back(ports: PushPorts, repositories: Sequence[Repository], tag: str) -> None:
    for repository in repositories:
        reference = repository.at(tag)
        try:
            removal = ports.registry.remove_tag(repository, tag)
        except errors.BuildtoolError as error:
            ports.report.warn(f"{reference} may have been written and could not be taken back: {error.message}")
            continue
        if removal is TagRemoval.UNSUPPORTED:
            ports.report.warn(
                f"{reference} may have been written, and this registry cannot take one tag away: delete it"
            )
        elif removal is TagRemoval.REMOVED:
            ports.report.say(f"took {reference} back: the tags of a run are published together or not at all")


def remove_candidates(ports: PushPorts, images: Iterable[ImagePlan], tag: str) -> None:
    """Take the candidate tag away again; where the registry cannot, it stays, and no policy sees it."""
    for image in images:
        try:
            ports.registry.remove_tag(image.repository, tag)
        except errors.BuildtoolError as error:
            reference = image.repository.at(tag)
            ports.report.warn(f"{reference} stays until the next push, which no policy sees: {error.message}")
