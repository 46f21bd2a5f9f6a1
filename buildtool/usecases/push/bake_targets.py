"""The plan as one bake definition with absolute paths."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.build.definition import (
    TARGET,
    RegistryDestination,
    Target,
    bake_definition,
    target_contexts,
)
from buildtool.core.build.local_paths import layout_folder
from buildtool.core.build.run_settings import RunSettings, ssh_paths
from buildtool.core.build.secret_source import secret_source
from buildtool.core.image.labels import ALLOW_OLDER, BASES, Origin, image_labels
from buildtool.usecases.push.image_caches import caches_of, local_folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.definition import BakeDefinition, Destination
    from buildtool.core.build.inputs import Inputs
    from buildtool.usecases.push.plan import ImagePlan, Plan


def definition_for(config: Config, plan: Plan) -> BakeDefinition:
    """All images that have to be built and pushed, and those that they are built on, as targets of one graph."""
    return definition_of(config, plan, [_target(config, plan, image) for image in plan.to_build])


def definition_of(config: Config, plan: Plan, targets: Sequence[Target], writes: Sequence[str] = ()) -> BakeDefinition:
    """These targets and the images that they are built on; `writes` are folders they go to."""
    pushed = any(isinstance(one.destination, RegistryDestination) for one in targets)
    below = [
        replace(_made(config, plan, image, None), cache_from=caches_of(config, plan.builder, image, pushed=pushed).read)
        for image in bases(config, [one.config for one in plan.to_build])
    ]
    every = [*targets, *below]
    written = local_folders([one for target in every for one in target.cache_to], "dest")
    return bake_definition(
        every,
        reads=sorted({path for target in every for path in _read(config, target)}),
        writes=sorted({*writes, *written}),
        environment={"SOURCE_DATE_EPOCH": str(plan.source.time)},
        local_caches=written,
    )


def local_target(config: Config, plan: Plan, image: ImagePlan, destination: Destination) -> Target:
    """An image that goes to no registry, and whose cache is in none."""
    made = _made(config, plan, image.config, image.inputs)
    caches = caches_of(config, plan.builder, image.config, pushed=False)
    return replace(made, destination=destination, cache_from=caches.read, cache_to=caches.written)


def candidate_tag(config: Config, plan: Plan) -> str | None:
    """The tag images are pushed under before they are proven, or None where the builder pushes by digest."""
    by_digest = plan.builder is not None and plan.builder.pushes_by_digest
    return None if by_digest else config.push.candidate_tag


def bases(config: Config, images: Sequence[ImageConfig]) -> list[ImageConfig]:
    """The other images that these name as contexts, and those name in turn."""
    found = list(images)
    for image in found:  # it grows while it is gone through
        names = target_contexts(image.contexts)
        found += [config.images[name] for name in dict.fromkeys(names) if config.images[name] not in found]
    return found[len(images) :]


def _target(config: Config, plan: Plan, image: ImagePlan) -> Target:
    """The target of an image that is pushed, under the candidate tag or by its digest alone."""
    insecure = config.is_insecure(image.repository.host)
    destination = RegistryDestination(image.repository, insecure, candidate_tag(config, plan))
    made = _made(config, plan, image.config, image.inputs)
    caches = caches_of(config, plan.builder, image.config, pushed=True)
    return replace(made, destination=destination, cache_from=caches.read, cache_to=caches.written)


def _made(config: Config, plan: Plan, settings: ImageConfig, inputs: Inputs | None) -> Target:
    """The target of an image without where it is pushed to; `inputs` are for its labels."""
    made_from, built_on = inputs.making if inputs is not None else ("", "")
    labels = image_labels(
        Origin(plan.source.revision, plan.source.url, plan.source.time),
        created=plan.tag.time,
        version=plan.tag.text,
        inputs=made_from,
        extra=dict(settings.labels)
        | ({ALLOW_OLDER: "true"} if plan.allow_older else {})
        | ({BASES: built_on} if built_on else {}),
    )
    return Target(
        name=settings.name,
        context=_absolute(config, settings.context),
        dockerfile=_absolute(config, settings.dockerfile),
        platforms=settings.platforms,
        destination=None,
        labels=labels,
        args=_args(settings, plan),
        stage=settings.target,
        secrets=[_secret(config, secret) for secret in settings.secrets],
        contexts={name: _context(config, source) for name, source in settings.contexts.items()}
        | _pins(plan, settings.name),
        attestations=config.push.attestations,
        sbom=config.push.sbom,
        run=_run(config, settings),
        pull=any(image.inputs.bases is not None for image in plan.images),
    )


def _pins(plan: Plan, name: str) -> dict[str, str]:
    """The contexts that pin the base images of a target; each base has one digest in the whole run."""
    looked_up = [image.inputs.bases for image in plan.images if image.inputs.bases is not None]
    return dict(next((bases.pins[name] for bases in looked_up if name in bases.pins), {}))


def run_settings(settings: ImageConfig) -> RunSettings:
    """What RUN steps of an image are given, as the configuration says it."""
    return RunSettings(
        settings.ssh,
        settings.network,
        settings.extra_hosts,
        settings.shm_size,
        settings.ulimits,
        settings.no_cache_filter,
    )


def _run(config: Config, settings: ImageConfig) -> RunSettings:
    """The same with absolute paths."""
    return replace(run_settings(settings), ssh=[_ssh(config, declared) for declared in settings.ssh])


def _ssh(config: Config, declared: str) -> str:
    paths = [_absolute(config, path) for path in ssh_paths(declared)]
    return f"{declared.partition('=')[0]}={','.join(paths)}" if paths else declared


def _args(settings: ImageConfig, plan: Plan) -> dict[str, str]:
    """Those of the file, filled, and those of variables as they are."""
    args = {name: _filled(value, plan) for name, value in settings.args.items()}
    told = {name: one.value for name, one in settings.environment_args.items() if one.value is not None}
    return args | told


def fills_in(value: str) -> bool:
    """Whether a build argument has a value of its own in each run."""
    return "{tag}" in value or "{revision}" in value


def _filled(value: str, plan: Plan) -> str:
    """`{tag}` and `{revision}` in a build argument stand for those of this run."""
    return value.replace("{tag}", plan.tag.text).replace("{revision}", plan.source.revision)


def _absolute(config: Config, path: str) -> str:
    return os.path.normpath(config.root / path)


def _context(config: Config, source: str) -> str:
    """A named context is a reference (`docker-image://…`, `https://…`, `target:…`) or a folder of the repository."""
    return source if "://" in source or source.startswith(TARGET) else _absolute(config, source)


def _secret(config: Config, declared: str) -> str:
    """A secret as buildx reads it, its file by an absolute path."""
    source = secret_source(declared)
    if source.variable and source.file:
        return declared
    place = f"env={source.variable}" if source.variable else f"src={_absolute(config, source.file)}"
    return f"id={source.name},{place}"


def _read(config: Config, target: Target) -> list[str]:
    fields = [field.partition("=") for secret in target.secrets for field in secret.split(",")]
    secrets = [value for key, _, value in fields if key in {"src", "source"}]
    contexts = [source for source in target.contexts.values() if source.startswith("/")]
    layouts = [_absolute(config, folder) for source in target.contexts.values() if (folder := layout_folder(source))]
    keys = [path for declared in target.run.ssh for path in ssh_paths(declared)]
    caches = local_folders(target.cache_from, "src")
    return [target.context, target.dockerfile.rpartition("/")[0], *secrets, *contexts, *layouts, *keys, *caches]
