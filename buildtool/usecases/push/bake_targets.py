"""The plan as one bake definition with absolute paths."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from buildtool.core.build.definition import Destination, Target, bake_definition, registry_cache
from buildtool.core.build.labels import ALLOW_OLDER, Origin, image_labels

if TYPE_CHECKING:
    from buildtool.config import Config
    from buildtool.core.build.definition import BakeDefinition
    from buildtool.usecases.push.plan import ImagePlan, Plan


def definition_for(config: Config, plan: Plan) -> BakeDefinition:
    """All images that have to be built, as targets of one graph."""
    targets = [_target(config, plan, image) for image in plan.to_build]
    reads = {path for target in targets for path in _paths(target)}
    outside = sorted(path for path in reads if not _inside(path, str(config.root)))
    return bake_definition(targets, reads=outside, environment={"SOURCE_DATE_EPOCH": str(plan.source.time)})


def candidate_tag(config: Config, plan: Plan) -> str | None:
    """The tag images are pushed under before they are proven, or None where the builder pushes by digest."""
    by_digest = plan.builder is not None and plan.builder.pushes_by_digest
    return None if by_digest else config.push.candidate_tag


def _target(config: Config, plan: Plan, image: ImagePlan) -> Target:
    settings = image.config
    labels = image_labels(
        Origin(plan.source.revision, plan.source.url, plan.source.time),
        created=plan.tag.time,
        version=plan.tag.text,
        inputs=image.inputs.digest,
        extra=dict(settings.labels) | ({ALLOW_OLDER: "true"} if plan.allow_older else {}),
    )
    cache_from, cache_to = list(settings.cache_from), list(settings.cache_to)
    if config.cache.enabled if settings.cache is None else settings.cache:
        read, write = registry_cache(image.repository.at(config.cache.tag), insecure=config.insecure)
        cache_from, cache_to = [*cache_from, read], [*cache_to, write]
    return Target(
        name=settings.name,
        context=_absolute(config, settings.context),
        dockerfile=_absolute(config, settings.dockerfile),
        platforms=settings.platforms,
        destination=Destination(image.repository, config.insecure, candidate_tag(config, plan)),
        labels=labels,
        args={name: _filled(value, plan) for name, value in settings.args.items()},
        stage=settings.target,
        secrets=[_secret(config, secret) for secret in settings.secrets],
        contexts={name: _context(config, source) for name, source in settings.contexts.items()},
        cache_from=cache_from,
        cache_to=cache_to,
        attestations=config.push.attestations,
    )


def _filled(value: str, plan: Plan) -> str:
    """`{tag}` and `{revision}` in a build argument stand for those of this run."""
    return value.replace("{tag}", plan.tag.text).replace("{revision}", plan.source.revision)


def _absolute(config: Config, path: str) -> str:
    return os.path.normpath(config.root / path)


def _context(config: Config, source: str) -> str:
    """A named context is a reference (`docker-image://…`, `https://…`, `target:…`) or a folder of the repository."""
    return source if "://" in source or source.startswith("target:") else _absolute(config, source)


def _secret(config: Config, secret: str) -> str:
    fields = [field.partition("=") for field in secret.split(",")]
    return ",".join(
        f"{key}={_absolute(config, value)}" if key in {"src", "source"} else f"{key}={value}"
        for key, _, value in fields
    )


def _paths(target: Target) -> list[str]:
    secrets = [
        field.partition("=")[2] for secret in target.secrets for field in secret.split(",") if field[:3] == "src"
    ]
    contexts = [source for source in target.contexts.values() if source.startswith("/")]
    return [target.context, target.dockerfile.rpartition("/")[0], *secrets, *contexts]


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")
