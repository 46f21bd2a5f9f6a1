"""Reads every pushed image back by digest and compares it with what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.image.labels import VERSION
from buildtool.core.image.proof import problems
from buildtool.usecases.prove import read_back, wrong_programs
from buildtool.usecases.push.result import Proven
from buildtool.usecases.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.image.names import Repository
    from buildtool.core.image.proof import Proof
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.ports import LayerCache, Registry
    from buildtool.usecases.push.harbor import PushedToHarbor
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.recorder import Recorder


class Prover:
    """Trusts what the registry holds, not what was sent to it."""

    def __init__(self, registry: Registry, layers: LayerCache, harbor: PushedToHarbor, recorder: Recorder) -> None:
        self._registry = registry
        self._layers = layers
        self._harbor = harbor
        self._recorder = recorder

    def prove(self, plan: Plan, digests: Mapping[str, str]) -> list[Proven]:
        """All images that were built; raises proof-failed naming everything that is wrong with any of them.

        `digests` are what the builder reported, by image name.
        """
        self._recorder.heading("Prove what the registry holds")
        found = side_by_side([lambda one=image: self._one(plan, one, digests[one.name]) for image in plan.to_build])  # type: ignore[misc]
        wrong = [f"{proven.plan.name}: {problem}" for proven, problems_ in found for problem in problems_]
        if wrong:
            raise errors.BuildtoolError(errors.PROOF_FAILED, "; ".join(wrong) + "; no tag was published")
        return [proven for proven, _ in found]

    def wait(self, repository: Repository, reference: str) -> None:
        """Until a Harbor that scans first lets the image be read."""
        self._harbor.wait(repository, reference)

    def explained(self, plan: Plan, error: errors.BuildtoolError) -> errors.BuildtoolError:
        """Why the push of a build failed, asked of the registry where that knows more."""
        return self._harbor.explained([image.repository for image in plan.to_build], error)

    def _one(self, plan: Plan, image: ImagePlan, digest: str) -> tuple[Proven, list[str]]:
        manifest, proof = self._read_back(image.repository, digest)
        if proof.label(VERSION) not in {None, plan.tag.text}:
            raise errors.BuildtoolError(
                errors.PUSH_INTERRUPTED, f"another run pushed {image.name} under the candidate tag at the same moment"
            )
        wrong = problems(proof, digest=digest, platforms=image.config.platforms, revision=plan.source.revision)
        wrong = wrong or wrong_programs(self._registry, self._layers, image.repository, proof)
        return Proven(image, manifest, proof), wrong

    def _read_back(self, repository: Repository, digest: str) -> tuple[Manifest, Proof]:
        """The image; where Harbor lets nobody read it before its scan has ended, that is waited for."""
        try:
            return read_back(self._registry, repository, digest)
        except errors.BuildtoolError as error:
            if error.kind is not errors.REGISTRY_SCAN:
                raise
        self.wait(repository, digest)
        return read_back(self._registry, repository, digest)
