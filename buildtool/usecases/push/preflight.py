"""Everything that can be known to fail, before anything is built: cheapest and most often wrong first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.branch import choose_branch
from buildtool.core.commit.tags import BuildFacts, make_tag, shown
from buildtool.core.registry.contents import ServerKind
from buildtool.usecases.images import chosen_images
from buildtool.usecases.push import selection
from buildtool.usecases.push.harbor import look
from buildtool.usecases.push.model import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.commit.tags import Tag
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.core.registry.contents import RegistryFacts
    from buildtool.core.registry.harbor import HarborFacts
    from buildtool.usecases.push.model import PushOptions, PushPorts


_NAMED = 5  # changed files a message lists


@dataclass(frozen=True, slots=True)
class Ready:
    """What preflight found out. `policies` holds None for an image that has none, `harbor` where it is no Harbor."""

    source: Source
    images: Sequence[ImageConfig]
    policies: Mapping[str, ImagePolicy | None]
    builder: BuilderFacts
    harbor: HarborFacts | None
    warnings: Sequence[str]


def preflight(ports: PushPorts, options: PushOptions) -> Ready:
    """Check git, the configuration, the policies, the builder and the registry; raises at the first that fails."""
    config = ports.config
    images = chosen_images(config, options.images)
    source = _source(ports, options)
    policies = {image.name: selection.policy_of(image, ports.manifests) for image in images}
    tag = tag_at(config, source, ports.clock.now())
    _check_policies(ports, options, policies, tag)
    builder = ports.builder.facts()
    _check_builder(config, images, builder)
    registry = ports.registry.probe()
    skew = selection.check_skew(ports.clock.now(), registry.date, config=config)
    harbor = _check_registry(ports, images, options, registry)
    warnings = [*tag.notes, *_watched_elsewhere(ports, images), *([skew] if skew else [])]
    if options.create_project and harbor is None:
        warnings.append(f"--create-project: {config.host} is no Harbor, and has no projects")
    return Ready(source, images, policies, builder, harbor, warnings)


def _source(ports: PushPorts, options: PushOptions) -> Source:
    checkout = ports.repo.facts
    if checkout.dirty and not options.allow_dirty:
        named = ", ".join(shown(path) for path in checkout.changes[:_NAMED])
        more = f" and {len(checkout.changes) - _NAMED} more" if len(checkout.changes) > _NAMED else ""
        raise errors.BuildtoolError(errors.DIRTY_TREE, f"uncommitted: {named}{more}")
    branch, origin = choose_branch(options.branch, ports.ci, checkout.branch, ports.config.tag.branches)
    url = ports.ci.source_url or checkout.source or ""
    return Source(branch, origin, checkout.sha, checkout.commit_time, checkout.dirty, url)


def tag_at(config: Config, source: Source, time: int) -> Tag:
    facts = BuildFacts(source.branch, source.branch_source, source.revision, time, source.dirty)
    return make_tag(facts, config.tag.sha_length, config.tag.branches)


def _check_policies(
    ports: PushPorts, options: PushOptions, policies: Mapping[str, ImagePolicy | None], tag: Tag
) -> None:
    for name, policy in policies.items():
        if policy is None:
            continue
        if tag.dirty:
            selection.require_dirty_hidden(name, policy, tag.text)
        elif options.deploy:
            selection.require_match(name, policy, tag.text)
    watching = selection.watching(ports.manifests, ports.config, policies)
    selection.require_hidden(ports.config.push.candidate_tag, watching)


def _check_builder(config: Config, images: Sequence[ImageConfig], builder: BuilderFacts) -> None:
    wanted = {platform.normalized() for image in images for platform in image.platforms}
    missing = sorted(wanted - builder.platforms)
    if missing:
        raise errors.BuildtoolError(
            errors.PLATFORM_MISSING,
            f"builder {builder.name} ({builder.driver}) cannot build for {', '.join(map(str, missing))}; "
            f"it can for {', '.join(map(str, sorted(builder.platforms)))}",
        )
    several = [image.name for image in images if len({platform.normalized() for platform in image.platforms}) > 1]
    if several and not builder.engine.several_platforms:
        raise errors.BuildtoolError(
            errors.BUILDER_UNUSABLE,
            f"builder {builder.name} keeps one platform an image, and {', '.join(several)} wants more: "
            "the docker driver needs the containerd image store for that",
            fix='set "features": {"containerd-snapshotter": true} in daemon.json, or docker buildx create --use',
        )
    if config.insecure and not builder.engine.reaches_insecurely:
        raise errors.BuildtoolError(
            errors.INSECURE_ENGINE,
            f"the engine would reach {config.host} over HTTPS, buildtool.toml says HTTP",
            fix=f'add "insecure-registries": ["{config.host}"] to /etc/docker/daemon.json and restart docker',
        )


def _watched_elsewhere(ports: PushPorts, images: Sequence[ImageConfig]) -> list[str]:
    """A policy that reads its tags from another repository than the one pushed to never sees this push."""
    found = []
    for image in images:
        repository = ports.manifests.repository_of(image.policy) if image.policy else None
        mine = str(ports.config.repository(image.name))
        if repository is not None and repository.image and repository.image != mine:
            found.append(
                f"{image.name}: Flux watches {repository.image} ({repository.place}), this push goes to {mine}: "
                "what is said about Flux holds for a cluster that watches it"
            )
    return found


def _check_registry(
    ports: PushPorts, images: Sequence[ImageConfig], options: PushOptions, registry: RegistryFacts
) -> HarborFacts | None:
    """What a Harbor says of itself; then whether pushing is allowed, by beginning to."""
    repositories = [ports.config.repository(image.name) for image in images]
    facts = look(ports, repositories, options) if registry.kind is ServerKind.HARBOR else None
    for repository in repositories:
        ports.registry.check_push(repository)
    return facts
