"""Reads every image back by digest and compares it with what was asked for; `build` has the same judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.image.labels import VERSION
from buildtool.core.image.proof import problems
from buildtool.usecases.prove import read_back, wrong_programs
from buildtool.usecases.push.result import Proven
from buildtool.usecases.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from buildtool.core.image.names import Repository
    from buildtool.core.image.proof import Proof
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.ports import ImageStore, LayerCache, Registry
    from buildtool.usecases.push.harbor import PushedToHarbor
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.recorder import Recorder


class Judge:
    """Compares images with what was asked for; `read` gets one by digest where that takes more than asking for it."""

    def __init__(
        self,
        store: ImageStore,
        layers: LayerCache,
        read: Callable[[Plan, ImagePlan, str], tuple[Manifest, Proof]] | None = None,
    ) -> None:
        self._store = store
        self._layers = layers
        self._read = read or (lambda _, image, digest: read_back(store, image.repository, digest))

    def judge(
        self, plan: Plan, digests: Mapping[str, str], ending: str, there: Mapping[str, str] | None = None
    ) -> list[Proven]:
        """All images that were built; raises proof-failed naming everything that is wrong with any of them.

        `digests` are what the builder reported, by image name, `there` those that are read where they may be others.
        `ending` says what became of the run.
        """
        read = there or digests
        found = side_by_side(
            [lambda one=image: self._one(plan, one, digests[one.name], read[one.name]) for image in plan.to_build]  # type: ignore[misc]
        )
        wrong = [f"{proven.plan.name}: {problem}" for proven, problems_ in found for problem in problems_]
        if wrong:
            raise errors.BuildtoolError(errors.PROOF_FAILED, "; ".join(wrong) + ending)
        return [proven for proven, _ in found]

    def _one(self, plan: Plan, image: ImagePlan, digest: str, there: str) -> tuple[Proven, list[str]]:
        manifest, proof = self._read(plan, image, there)
        wrong = problems(proof, digest=digest, platforms=image.config.platforms, revision=plan.source.revision)
        wrong = wrong or wrong_programs(self._store, self._layers, image.repository, proof)
        return Proven(image, manifest, proof), wrong


class Prover:
    """Trusts what the registry holds, not what was sent to it."""

    def __init__(self, registry: Registry, layers: LayerCache, harbor: PushedToHarbor, recorder: Recorder) -> None:
        self._registry = registry
        self._harbor = harbor
        self._recorder = recorder
        self._judge = Judge(registry, layers, self._read)

    def prove(self, plan: Plan, digests: Mapping[str, str]) -> list[Proven]:
        """All images that were built; raises proof-failed naming everything that is wrong with any of them.

        `digests` are what the builder reported, by image name.
        """
        self._recorder.heading("Prove what the registry holds")
        return self._judge.judge(plan, digests, "; no tag was published")

    def wait(self, repository: Repository, reference: str) -> None:
        """Until a Harbor that scans first lets the image be read."""
        self._harbor.wait(repository, reference)

    def explained(self, plan: Plan, error: errors.BuildtoolError) -> errors.BuildtoolError:
        """Why the push of a build failed, asked of the registry where that knows more."""
        return self._harbor.explained([image.repository for image in plan.to_build], error)

    def _read(self, plan: Plan, image: ImagePlan, digest: str) -> tuple[Manifest, Proof]:
        manifest, proof = self._read_back(image.repository, digest)
        if proof.label(VERSION) not in {None, plan.tag.text}:
            raise errors.BuildtoolError(
                errors.PUSH_INTERRUPTED, f"another run pushed {image.name} under the candidate tag at the same moment"
            )
        return manifest, proof

    def _read_back(self, repository: Repository, digest: str) -> tuple[Manifest, Proof]:
        """The image; where Harbor lets nobody read it before its scan has ended, that is waited for."""
        try:
            return read_back(self._registry, repository, digest)
        except errors.BuildtoolError as error:
            if error.kind is not errors.REGISTRY_SCAN:
                raise
        self.wait(repository, digest)
        return read_back(self._registry, repository, digest)
