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
    from buildtool.usecases.push.plan import Plan


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
        facts = self._registry.probe()
        now = self._clock.now()
        skew = errors.raise_first(clock.judge(now, facts.date, self._config.host))
        warnings = [*plan.warnings, *(finding.warning for finding in skew)]
        asked = Task(lambda: self._builder_for(plan))
        harbor = self._ask_registry(plan, is_harbor=facts.kind is ServerKind.HARBOR)
        builder, concerns = asked.result()
        warnings += concerns
        if harbor is not None:
            candidate = None if builder is None or builder.pushes_by_digest else self._config.push.candidate_tag
            warnings += self._harbor.concerns(harbor, plan.images, candidate)
        elif plan.to_write:
            warnings += self._harbor.not_there(self._config.host)
        return replace(plan, builder=builder, warnings=warnings)

    def _builder_for(self, plan: Plan) -> tuple[BuilderFacts | None, list[str]]:
        """The builder, None where nothing is built, and warnings about it."""
        if not plan.to_build:
            return None, []
        builder = self._builder.facts()
        concerns = check_builder(self._config, [image.config for image in plan.to_build], builder)
        return builder, [*concerns, *builder.warnings]

    def _ask_registry(self, plan: Plan, *, is_harbor: bool) -> HarborFacts | None:
        """What a Harbor says; then whether pushing is allowed, by beginning to."""
        harbor = self._harbor.look(plan) if is_harbor else None
        side_by_side([lambda one=image: self._registry.check_push(one.repository) for image in plan.to_write])  # type: ignore[misc]
        return harbor


def check_builder(config: Config, images: Sequence[ImageConfig], builder: BuilderFacts) -> list[str]:
    """Warnings; raises platform-missing, builder-unusable, buildx-too-old or insecure-engine for what must fail."""
    left = errors.raise_first(prerequisites.judge(builder, asked_of_builder(config, images)))
    return [finding.warning for finding in left]


def asked_of_builder(config: Config, images: Sequence[ImageConfig], *, pushed: bool = True) -> Wanted:
    """What these images, and those they are built on, need of a builder; `pushed` where they go to a registry."""
    platforms = {image.name: image.platforms for image in images}
    needs = {image.name: run_settings(image).needs() for image in [*images, *bases(config, images)]}
    attested = config.push.attestations or config.push.sbom
    cached = tuple(image.name for image in images if exported(config, image, pushed=pushed))
    want = wanted(platforms, config.host, insecure=config.insecure)
    return replace(want, keys=needs, attested=attested, cached=cached)
