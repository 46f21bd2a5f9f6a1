"""`buildtool verify`: an image in the registry -> facts about its tag, digest, platforms, revision and selection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag
from buildtool.core.commit.versions import version_of
from buildtool.core.facts import Fact, State
from buildtool.core.flux.policy import refusal, select
from buildtool.core.image.labels import REVISION, VERSION
from buildtool.core.text.units import counted
from buildtool.errors import REGISTRY_NOT_FOUND, BuildtoolError, Exit
from buildtool.usecases.images import chosen_images
from buildtool.usecases.prove import read_back, wrong_programs
from buildtool.usecases.push import selection
from buildtool.usecases.push.releases import highest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.flux.manifests import Manifests
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.image.names import Repository
    from buildtool.core.image.proof import Proof
    from buildtool.usecases.ports import LayerCache, Registry, Repo

SCHEMA = "buildtool.verify/v1"


@dataclass(frozen=True, slots=True)
class VerifyPorts:
    config: Config
    registry: Registry
    layers: LayerCache
    manifests: Manifests
    repo: Repo


@dataclass(frozen=True, slots=True)
class Verified:
    """One image: the tag looked at (None where there is none), its digest, and the facts."""

    image: str
    tag: str | None
    digest: str | None
    facts: tuple[Fact, ...]


def verify(ports: VerifyPorts, names: Sequence[str], tag: str | None) -> list[Verified]:
    """Prove the given tag, or for each image the one Flux selects; raises only where the registry cannot be asked."""
    images = chosen_images(ports.config, names)
    for host in dict.fromkeys(ports.config.repository(image.name).host for image in images):
        ports.registry.probe(host)
    return [_verify(ports, image, tag) for image in images]


def _verify(ports: VerifyPorts, image: ImageConfig, given: str | None) -> Verified:
    policy = selection.policy_of(image, ports.manifests)
    repository = ports.config.repository(image.name)
    watched = ports.manifests.repository_of(image.policy) if image.policy else None
    tags = selection.visible(ports.registry.tags(repository), watched)
    tag = given or _newest(policy, tags)
    if tag is None:
        evidence = f"{repository} holds {counted(len(tags), 'tag')}, and none that could be verified"
        return Verified(image.name, None, None, (Fact(image.name, "tag", State.FAILED, evidence, "buildtool push"),))
    facts = []
    proof = None
    try:
        proof = read_back(ports.registry, repository, tag)[1]
        facts.append(Fact(image.name, "tag", State.OK, repository.at(tag)))
        facts += _contents(ports, image, tag, proof)
    except BuildtoolError as error:
        if error.kind.exit is not Exit.PROOF and error.kind is not REGISTRY_NOT_FOUND:
            raise
        facts.append(Fact(image.name, "tag", State.FAILED, error.message, "buildtool push"))
    facts += [_mirror(ports, image.name, mirror, tag, proof) for mirror in ports.config.mirrors_of(image.name)]
    facts.append(_selected(image.name, policy, tags, tag))
    return Verified(image.name, tag, proof.digest if proof else None, tuple(facts))


def _mirror(ports: VerifyPorts, name: str, mirror: Repository, tag: str, proof: Proof | None) -> Fact:
    """Whether a mirror has the same image under the tag."""
    reference = mirror.at(tag)
    try:
        digest = ports.registry.digest(mirror, tag)
    except BuildtoolError as error:
        return Fact(name, "mirror", State.FAILED, f"{reference}: not known: {error.message}", error.fix)
    if digest is None:
        return Fact(name, "mirror", State.FAILED, f"{reference} is not there", "buildtool push")
    if proof is not None and digest != proof.digest:
        evidence = f"{reference} is another image: {digest}"
        return Fact(name, "mirror", State.FAILED, evidence, "buildtool push --force")
    return Fact(name, "mirror", State.OK, f"{reference} has the same digest")


def _newest(policy: ImagePolicy | None, tags: Sequence[str]) -> str | None:
    """What Flux selects; without a policy (or where its evaluation fails) our newest tag, or the highest version."""
    selected = select(policy, tags).winner if policy and tags else None
    ours = [(parsed.time, tag) for tag in tags if (parsed := parse_tag(tag))]
    return selected or max(ours, default=(0, None))[1] or highest(tags)


def _contents(ports: VerifyPorts, image: ImageConfig, tag: str, proof: Proof) -> Iterator[Fact]:
    again = "buildtool push --force" if version_of(tag) is None else "release a higher version: this one stays as it is"
    yield Fact(image.name, "digest", State.OK, f"{proof.digest}, its bytes checked")
    wanted = {platform.normalized() for platform in image.platforms}
    there = ", ".join(map(str, proof.platforms)) or "none"
    if set(proof.platforms) == wanted:
        wrong = wrong_programs(ports.registry, ports.layers, ports.config.repository(image.name), proof)
        state = State.FAILED if wrong else State.OK
        yield Fact(image.name, "platform", state, "; ".join(wrong) or there, again if wrong else "")
    else:
        configured = ", ".join(map(str, sorted(wanted)))
        yield Fact(image.name, "platform", State.FAILED, f"{there}; configured: {configured}", again)
    yield _revision(ports, image.name, tag, proof)


def _revision(ports: VerifyPorts, name: str, tag: str, proof: Proof) -> Fact:
    revision, version, parsed = proof.label(REVISION), proof.label(VERSION), parse_tag(tag)
    if not revision:
        evidence = f"no label {REVISION}: this image was not made by buildtool push"
        return Fact(name, "revision", State.FAILED, evidence, "buildtool push --force")
    if parsed is not None and not revision.startswith(parsed.sha):
        return Fact(
            name, "revision", State.FAILED, f"the tag says {parsed.sha}, the image {revision}", "buildtool push"
        )
    if version not in {None, tag}:
        return Fact(name, "revision", State.WARNING, f"{revision}; it was published first as {version}")
    known = ports.repo.is_ancestor(revision, ports.repo.facts.sha) if _is_sha(revision) else None
    words = {True: "in the history of HEAD", False: "not in the history of HEAD", None: "not in this clone"}[known]
    return Fact(name, "revision", State.OK, f"{revision}, {words}")


def _is_sha(text: str) -> bool:
    return all(c in "0123456789abcdef" for c in text)


def _selected(name: str, policy: ImagePolicy | None, tags: Sequence[str], tag: str) -> Fact:
    if policy is None:
        return Fact(name, "selection", State.SKIPPED, "no policy: Flux does not deploy this image")
    label = f"ImagePolicy {policy.namespace}:{policy.name}"
    found = select(policy, tags)
    if found.winner == tag and len(found.possible) <= 1:
        return Fact(name, "selection", State.OK, f"{label} selects it")
    if found.error is not None:
        return Fact(name, "selection", State.FAILED, f"{label} fails: {found.error}", "buildtool policy explain")
    if tag in found.possible:
        return Fact(name, "selection", State.FAILED, f"{label} ties: {', '.join(found.possible)}", "buildtool push")
    evidence = "; ".join(filter(None, [f"{label} selects {found.winner}", refusal(policy, tag)]))
    return Fact(name, "selection", State.FAILED, evidence, f"buildtool policy explain {name}")
