"""Whether builder and registry can do what the plan needs: asked after the plan, and only for what it builds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.build import prerequisites
from buildtool.core.build.prerequisites import wanted
from buildtool.core.registry import clock
from buildtool.core.registry.contents import ServerKind
from buildtool.usecases.push.bake_targets import bases, run_settings
from buildtool.usecases.push.image_caches import exported
from buildtool.usecases.push.secret_values import require_values
from buildtool.usecases.side_by_side import Task, side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.build.prerequisites import Wanted
    from buildtool.core.registry.harbor import HarborFacts
    from buildtool.usecases.ports import Builder, Clock, Registry, SecretValues
    from buildtool.usecases.push.harbor import HarborChecks
    from buildtool.usecases.push.plan import ImagePlan, Plan


class Readiness:
    """The checks between plan and build."""

    def __init__(
        self,
        config: Config,
        builder: Builder,
        registry: Registry,
        harbor: HarborChecks,
        secrets: SecretValues,
        clock: Clock,
    ) -> None:
        self._config = config
        self._builder = builder
        self._registry = registry
        self._harbor = harbor
        self._secrets = secrets
        self._clock = clock

    def check(self, plan: Plan) -> Plan:
        """The plan with its builder and with warnings; raises at the first thing that must fail.

        A plan that writes nothing asks the registry's kind and clock only.
        """
        images = [image.config for image in plan.to_build]
        require_values(self._config, [*images, *bases(self._config, images)], self._secrets)
        hosts = list(dict.fromkeys(image.repository.host for image in plan.images))
        mirrors = list(dict.fromkeys(mirror.host for image in plan.images for mirror in image.mirrors))
        every = list(dict.fromkeys([*hosts, *mirrors]))
        facts = side_by_side([lambda one=host: self._registry.probe(one) for host in every])  # type: ignore[misc]
        now = self._clock.now()
        judged = [clock.judge(now, found.date, host) for host, found in zip(hosts, facts, strict=False)]
        warnings = [*plan.warnings, *(finding.warning for skew in judged for finding in errors.raise_first(skew))]
        asked = Task(lambda: self._builder_for(plan))
        kinds = {host: found.kind for host, found in zip(every, facts, strict=True)}
        harbors = self._ask_registries(plan, [host for host, kind in kinds.items() if kind is ServerKind.HARBOR])
        builder, concerns = asked.result()
        warnings += concerns
        candidate = None if builder is None or builder.pushes_by_digest else self._config.push.candidate_tag
        for host in every:
            own, copies = _at(plan, host), _copied_to(plan, host)
            if host in harbors:
                warnings += self._harbor.concerns(harbors[host], own.images, candidate)
                warnings += self._harbor.concerns(harbors[host], copies, None)
            elif own.to_write or copies:
                warnings += self._harbor.not_there(host)
        return replace(plan, builder=builder, warnings=warnings)

    def _builder_for(self, plan: Plan) -> tuple[BuilderFacts | None, list[str]]:
        """The builder, None where nothing is built, and warnings about it."""
        if not plan.to_build:
            return None, []
        builder = self._builder.facts()
        concerns = check_builder(self._config, [image.config for image in plan.to_build], builder)
        return builder, [*concerns, *builder.warnings]

    def _ask_registries(self, plan: Plan, harbors: Sequence[str]) -> dict[str, HarborFacts]:
        """What each Harbor says; then whether pushing is allowed, by beginning to."""
        asked = {host: [*_at(plan, host).images, *_copied_to(plan, host)] for host in harbors}
        facts = {host: self._harbor.look(replace(plan, images=images)) for host, images in asked.items()}
        side_by_side([lambda one=image: self._registry.check_push(one.repository) for image in plan.to_write])  # type: ignore[misc]
        return facts


def _at(plan: Plan, host: str) -> Plan:
    """The part of the plan that one registry is asked about."""
    return replace(plan, images=[image for image in plan.images if image.repository.host == host])


def _copied_to(plan: Plan, host: str) -> list[ImagePlan]:
    """The images that are copied to a mirror there, as if they were published in it."""
    return [
        replace(image, repository=mirror) for image in plan.images for mirror in image.mirrors if mirror.host == host
    ]


def check_builder(config: Config, images: Sequence[ImageConfig], builder: BuilderFacts) -> list[str]:
    """Warnings; raises platform-missing, builder-unusable, buildx-too-old or insecure-engine for what must fail."""
    left = errors.raise_first(prerequisites.judge(builder, asked_of_builder(config, images)))
    return [finding.warning for finding in left]


def asked_of_builder(config: Config, images: Sequence[ImageConfig], *, pushed: bool = True) -> Wanted:
    """What these images, and those they are built on, need of a builder; `pushed` where they go to a registry."""
    platforms = {image.name: image.platforms for image in images}
    needs = {image.name: run_settings(image).needs() for image in [*images, *bases(config, images)]}
    attested = config.push.attestations or config.push.sbom
    hosts = dict.fromkeys(config.repository(image.name).host for image in images)
    http = tuple(host for host in hosts if config.is_insecure(host))
    cached = tuple(image.name for image in images if exported(config, image, pushed=pushed))
    return replace(wanted(platforms, http), keys=needs, attested=attested, cached=cached)
