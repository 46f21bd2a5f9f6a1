"""The whole of `build`: one bake into OCI layouts, proven by the judge of push, then kept where that was asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.build import prerequisites
from buildtool.core.build.definition import EngineDestination, LayoutDestination
from buildtool.core.image.proof import config_digest
from buildtool.usecases.push.bake_targets import bases, definition_of, local_target
from buildtool.usecases.push.cache_notes import CacheNotes
from buildtool.usecases.push.proving import Judge
from buildtool.usecases.push.readiness import asked_of_builder
from buildtool.usecases.push.secret_values import require_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.config import Config
    from buildtool.core.build.definition import Destination
    from buildtool.usecases.build.options import BuildOptions
    from buildtool.usecases.ports import Builder, EngineImages, LayerCache, Layouts, SecretValues
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.recorder import Recorder
    from buildtool.usecases.push.result import Proven

_NOTHING_KEPT = "; nothing was kept"


class Build:
    """Builds the images of a plan on this machine."""

    def __init__(  # the parts of a build, by name
        self,
        config: Config,
        builder: Builder,
        engine: EngineImages,
        layouts: Layouts,
        layers: LayerCache,
        recorder: Recorder,
    ) -> None:
        self._config = config
        self._builder = builder
        self._engine = engine
        self._layouts = layouts
        self._layers = layers
        self._recorder = recorder
        self._notes = CacheNotes(recorder)

    @property
    def warnings(self) -> list[str]:
        """What was said of layer caches."""
        return self._notes.warnings

    def ready(self, plan: Plan, options: BuildOptions, secrets: SecretValues) -> Plan:
        """The plan with its builder; raises at the first thing that would make the build fail."""
        images = [image.config for image in plan.images]
        require_values(self._config, [*images, *bases(self._config, images)], secrets)
        builder = self._builder.facts()
        want = asked_of_builder(self._config, images, pushed=False)
        concerns = errors.raise_first(prerequisites.judge_build(builder, want))
        if options.load and not self._engine.keeps_several_platforms():
            errors.raise_first(prerequisites.loadable(want))
        return replace(plan, builder=builder, warnings=[*plan.warnings, *(one.warning for one in concerns)])

    def run(self, plan: Plan) -> list[Proven]:
        """Build and prove every image; raises build-*, builder-*, proof-failed."""
        if plan.builder is None:
            raise ValueError("the plan is not ready")
        self._recorder.heading("Build")
        if plan.builder.exports_layouts:
            reported, found = self._into_layouts(plan)
        else:
            reported, found = self._through_engine(plan)
        self._recorder.heading("Prove what was built")
        judge = Judge(self._layouts, self._layers)
        proven = judge.judge(plan, reported, _NOTHING_KEPT, found)
        self._recorder.proven(proven)
        return proven

    def load(self, proven: Sequence[Proven]) -> dict[str, str]:
        """Put the images into the engine under the references that push would publish; the names by image."""
        self._recorder.heading("Load into the engine")
        loaded = {}
        for one in proven:
            name = one.plan.repository.at(str(one.plan.tag))
            ids = (
                {one.proof.digest}
                if one.manifest.is_index
                else {one.proof.digest, config_digest(one.manifest.document())}
            )
            self._engine.load(self._layouts.folder(one.plan.name), name, ids)
            loaded[one.plan.name] = name
            self._recorder.say(f"{one.plan.name:<9} {name}")
        return loaded

    def _into_layouts(self, plan: Plan) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The digests that the builder reports, and those that it wrote, by image."""
        folders = {one.name: LayoutDestination(self._layouts.folder(one.name)) for one in plan.images}
        reported = self._baked(plan, folders)
        return reported, {one.name: self._layouts.open(one.repository, one.name) for one in plan.images}

    def _baked(self, plan: Plan, destinations: Mapping[str, Destination]) -> Mapping[str, str]:
        """The digests that the builder reports, by image."""
        targets = [local_target(self._config, plan, image, destinations[image.name]) for image in plan.images]
        folders = [one.folder for one in destinations.values() if isinstance(one, LayoutDestination)]
        return self._builder.bake(definition_of(self._config, plan, targets, folders), self._notes)

    def _through_engine(self, plan: Plan) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The same with an engine that exports no layouts: the images are loaded under names of this run, and saved.

        Such an engine reports the digest of the config as the image's; the manifest is made when it is saved.
        """
        names = {image.name: self._engine.passing_name(image.name) for image in plan.images}
        try:
            reported = self._baked(plan, {name: EngineDestination(reference) for name, reference in names.items()})
            found = {image.name: self._saved(image, names[image.name], reported[image.name]) for image in plan.images}
        finally:
            self._engine.remove(list(names.values()))
        return found, found

    def _saved(self, image: ImagePlan, reference: str, reported: str) -> str:
        """The digest of the manifest that was saved; raises proof-failed where it is not of what was built."""
        self._engine.save(reference, self._layouts.folder(image.name))
        digest = self._layouts.open(image.repository, image.name)
        config = config_digest(self._layouts.manifest(image.repository, digest).document())
        if reported not in {config, digest}:
            message = f"{image.name}: the builder reported image {reported}, the engine saved {config}{_NOTHING_KEPT}"
            raise errors.BuildtoolError(errors.PROOF_FAILED, message)
        return digest
