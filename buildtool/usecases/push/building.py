"""The plan as one bake; a push that broke off is tried again, and what is built already comes from the cache."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from buildtool.core.build.definition import Destination, Target, bake_definition, registry_cache
from buildtool.core.build.labels import image_labels
from buildtool.errors import PUSH_INTERRUPTED, REGISTRY_NOT_FOUND, REGISTRY_SCAN, BuildtoolError
from buildtool.usecases.push.harbor import wait_for_scan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.config import Config
    from buildtool.core.build.builder import BakeDefinition
    from buildtool.usecases.push.model import ImagePlan, Plan, PushPorts

Proofs = TypeVar("Proofs")
_FIRST_PAUSE = 2.0  # seconds, doubled each time; BuildKit itself has tried for 7 s by then


def build(ports: PushPorts, plan: Plan, prove: Callable[[Mapping[str, str]], Proofs]) -> Proofs:
    """Build and push all images of the plan where no policy can see them, and prove them by their digests."""
    definition = definition_for(ports.config, plan)
    pause = _FIRST_PAUSE
    for left in range(ports.config.push.retries, -1, -1):
        try:
            return prove(_baked(ports, plan, definition))
        except BuildtoolError as error:
            if error.kind is not PUSH_INTERRUPTED or not left:
                raise
            ports.report.warn(f"{error.message}; trying again in {pause:.0f} s ({left} left)")
            ports.clock.sleep(pause)
            pause *= 2
    raise AssertionError("the loop returns or raises")


def _baked(ports: PushPorts, plan: Plan, definition: BakeDefinition) -> Mapping[str, str]:
    """One bake, gone on with as often as a Harbor that scans first interrupts it: once for each image."""
    for _ in plan.to_build:
        try:
            return ports.builder.bake(definition, ports.report.build)
        except BuildtoolError as error:
            if error.kind is not REGISTRY_SCAN or candidate_tag(ports.config, plan) is None:
                raise
            _wait_for_scans(ports, plan)
    return ports.builder.bake(definition, ports.report.build)


def _wait_for_scans(ports: PushPorts, plan: Plan) -> None:
    """The docker driver reads back what it pushed, and a Harbor that scans first refuses: all of it is there, though.

    Each image gets its turn: at the first refusal the others may not be pushed yet.
    """
    for image in plan.to_build:
        try:
            wait_for_scan(ports, image.repository, ports.config.push.candidate_tag)
        except BuildtoolError as error:
            if error.kind is not REGISTRY_NOT_FOUND:
                raise


def definition_for(config: Config, plan: Plan) -> BakeDefinition:
    """All images that have to be built, as one definition with absolute paths."""
    targets = [_target(config, plan, image) for image in plan.to_build]
    reads = {path for target in targets for path in _paths(target)}
    outside = sorted(path for path in reads if not _inside(path, str(config.root)))
    return bake_definition(targets, reads=outside, environment={"SOURCE_DATE_EPOCH": str(plan.source.time)})


def candidate_tag(config: Config, plan: Plan) -> str | None:
    """The tag images are pushed under before they are proven, or None where the builder pushes by digest."""
    return None if plan.builder.pushes_by_digest else config.push.candidate_tag


def _target(config: Config, plan: Plan, image: ImagePlan) -> Target:
    settings = image.config
    labels = image_labels(
        revision=plan.source.revision,
        source=plan.source.url,
        created=plan.tag.time,
        version=plan.tag.text,
        inputs=image.inputs,
        extra=settings.labels,
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
        args={"VERSION": plan.tag.text, "REVISION": plan.source.revision} | dict(settings.args),
        stage=settings.target,
        secrets=[_secret(config, secret) for secret in settings.secrets],
        contexts={name: _context(config, source) for name, source in settings.contexts.items()},
        cache_from=cache_from,
        cache_to=cache_to,
        attestations=config.push.attestations,
    )


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
