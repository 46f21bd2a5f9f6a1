"""Whether builder and registry can do what the plan needs: asked after the plan, and only for what it builds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.build.builder import emulation_fix
from buildtool.core.registry.contents import ServerKind
from buildtool.usecases.push import selection
from buildtool.usecases.push.bake_targets import bases
from buildtool.usecases.push.secret_values import require_secrets
from buildtool.usecases.side_by_side import Task, side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.build.builder import BuilderFacts
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
        require_secrets(self._config, [*images, *bases(self._config, images)], self._secrets)
        facts = self._registry.probe()
        now = self._clock.now()
        skew = selection.check_skew(now, facts.date, config=self._config)
        warnings = [*plan.warnings, *([skew] if skew else [])]
        asked = Task(lambda: self._builder_for(plan))
        harbor = self._ask_registry(plan, is_harbor=facts.kind is ServerKind.HARBOR)
        builder = asked.result()
        if harbor is not None:
            candidate = None if builder is None or builder.pushes_by_digest else self._config.push.candidate_tag
            warnings += self._harbor.concerns(harbor, plan.images, candidate)
        elif plan.to_publish:
            warnings += self._harbor.not_there(self._config.host)
        return replace(plan, builder=builder, warnings=warnings)

    def _builder_for(self, plan: Plan) -> BuilderFacts | None:
        if not plan.to_build:
            return None
        builder = self._builder.facts()
        check_builder(self._config, [image.config for image in plan.to_build], builder)
        return builder

    def _ask_registry(self, plan: Plan, *, is_harbor: bool) -> HarborFacts | None:
        """What a Harbor says; then whether pushing is allowed, by beginning to."""
        harbor = self._harbor.look(plan) if is_harbor else None
        side_by_side([lambda one=image: self._registry.check_push(one.repository) for image in plan.to_publish])  # type: ignore[misc]
        return harbor


def check_builder(config: Config, images: Sequence[ImageConfig], builder: BuilderFacts) -> None:
    """Raises platform-missing, builder-unusable or insecure-engine where the builder cannot build and push these."""
    wanted = {platform.normalized() for image in images for platform in image.platforms}
    missing = sorted(wanted - builder.platforms)
    if missing:
        raise errors.BuildtoolError(
            errors.PLATFORM_MISSING,
            f"builder {builder.name} ({builder.driver}) cannot build for {', '.join(map(str, missing))}; "
            f"it can for {', '.join(map(str, sorted(builder.platforms)))}",
            fix=emulation_fix(missing),
        )
    several = [image.name for image in images if len({platform.normalized() for platform in image.platforms}) > 1]
    if several and not builder.engine.several_platforms:
        raise errors.BuildtoolError(
            errors.BUILDER_UNUSABLE,
            f"builder {builder.name} stores images of one platform only, and {', '.join(several)} has several: "
            "the docker driver needs the containerd image store for that",
            fix='set "features": {"containerd-snapshotter": true} in daemon.json, or docker buildx create --use',
        )
    if config.insecure and not builder.engine.reaches_insecurely:
        raise errors.BuildtoolError(
            errors.INSECURE_ENGINE,
            f"the engine would reach {config.host} over HTTPS, buildtool.toml says HTTP",
            fix=f'add "insecure-registries": ["{config.host}"] to /etc/docker/daemon.json and restart docker',
        )
