"""Copies what is proven to its mirrors, and proves it there; tags follow in the same transaction as all others."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from buildtool import errors
from buildtool.core.text.units import counted, size
from buildtool.usecases.prove import read_back
from buildtool.usecases.push.transaction import Write
from buildtool.usecases.side_by_side import Task, side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from buildtool.config import Config
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import CopiedBlobs, Manifest
    from buildtool.usecases.ports import Registry
    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.recorder import Told
    from buildtool.usecases.push.result import Proven
    from buildtool.usecases.push.transaction import Transaction

_SAY_SECONDS = 10.0
_AT_ONCE = 4  # images on their way: each has a connection to both registries, and some parts in memory


class Copier(Protocol):
    """Brings images from one repository to another; may raise errors of kind registry-*."""

    def copy(self, source: Repository, target: Repository, manifest: Manifest) -> CopiedBlobs:
        """The image with everything that it names, by its digest and under no tag."""
        ...


class ScanWait(Protocol):
    """A Harbor that lets nobody read an image before it is scanned."""

    def wait(self, repository: Repository, reference: str) -> None: ...


class Mirroring:
    """The mirrors of the images of a run."""

    def __init__(self, config: Config, registry: Registry, copier: Copier, scans: ScanWait, told: Told) -> None:
        self._config = config
        self._registry = registry
        self._copier = copier
        self._scans = scans
        self._told = told
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def looked(self, plan: Plan) -> Plan:
        """The plan with the mirrors that lack the tag an image keeps; raises where one could not be pushed to."""
        warnings = list(plan.warnings)
        images = side_by_side([lambda one=image: self._looked(one, warnings) for image in plan.images])  # type: ignore[misc]
        return replace(plan, images=images, warnings=warnings)

    def copies(self, plan: Plan, proven: Sequence[Proven]) -> list[Write]:
        """The tags to be written at mirrors, once everything behind them is there and proven.

        Every image that the plan publishes goes to each of its mirrors, one that keeps its tag to those that lack it.
        """
        writes = [
            Write(one.plan.name, mirror, str(one.plan.tag), one.manifest, mirror=True)
            for one in proven
            for mirror in one.plan.mirrors
        ]
        for image in [image for image in plan.images if image.tag is None and image.mirrors]:
            published = image.published
            lacking = self._looked(image, []).lacking
            if published is not None:
                writes += [Write(image.name, to, published.tag, published.manifest, mirror=True) for to in lacking]
        try:
            return self._copied(writes)
        except errors.BuildtoolError as error:
            message = f"{error.message}; no tag was published"
            raise errors.BuildtoolError(error.kind, message, fix=error.fix, place=error.place) from error

    def bring(self, writes: Sequence[Write]) -> None:
        """Copy what these tags at mirrors name, to the mirrors that do not have it yet."""
        self._copied([one for one in writes if one.mirror and not self._has(one.repository, one.manifest.digest)])

    def _has(self, mirror: Repository, digest: str) -> bool:
        return self._registry.digest(mirror, digest) is not None

    def _copied(self, writes: Sequence[Write]) -> list[Write]:
        """The same writes, with what they name copied from where the image is published, and read back."""
        if writes:
            self._told.heading("Copy to the mirrors, by digest")
            side_by_side([lambda one=write: self._copy(one) for write in writes])  # type: ignore[misc]
        return list(writes)

    def follow(
        self, writes: Sequence[Write], transaction: Transaction, written: Callable[[Sequence[Write]], None]
    ) -> list[Write]:
        """Bring tags that are published already to the mirrors of their images: the tags written there.

        Raises what the copy and the transaction raise; the tags that were published stay.
        """
        copies = [
            replace(write, repository=mirror, mirror=True)
            for write in writes
            for mirror in self._config.mirrors_of(write.name)
        ]
        if copies:
            transaction.run(self._copied(copies), lambda: True, written)
        return copies

    def _looked(self, image: ImagePlan, warnings: list[str]) -> ImagePlan:
        if image.tag is not None:
            self._require_push(image.mirrors)
            return image
        if image.published is None:
            return image
        tag, there = image.published.tag, {one: self._digest(image, one) for one in image.mirrors}
        warnings += [
            f"{one.at(tag)} is another image than {image.repository.at(tag)}: {digest}"
            for one, digest in there.items()
            if digest not in {None, image.digest}
        ]
        lacking = tuple(one for one, digest in there.items() if digest is None)
        self._require_push(lacking)
        return replace(image, lacking=lacking)

    def _digest(self, image: ImagePlan, mirror: Repository) -> str | None:
        """What is under the tag that the image keeps; None also in a project that is not there yet."""
        try:
            return self._registry.digest(mirror, image.published.tag) if image.published else None
        except errors.BuildtoolError as error:
            if error.kind is not errors.REGISTRY_PROJECT:
                raise
            return None

    def _require_push(self, mirrors: Sequence[Repository]) -> None:
        side_by_side([lambda one=mirror: self._registry.check_push(one) for mirror in mirrors])  # type: ignore[misc]

    def _copy(self, write: Write) -> None:
        with self._turns:
            self._copy_now(write)

    def _copy_now(self, write: Write) -> None:
        source, target, digest = self._config.repository(write.name), write.repository, write.manifest.digest
        task = Task(lambda: self._copier.copy(source, target, write.manifest))
        task.wait(_SAY_SECONDS)
        while not task.done:
            self._told.say(f"{write.name:<9} still on its way to {target}")
            task.wait(_SAY_SECONDS)
        done = task.result()
        self._prove(target, digest)
        sent = f"{counted(done.sent, 'blob')} sent ({size(done.size)})"
        self._told.say(f"{write.name:<9} {target}@{digest}: {sent}, {done.mounted} mounted, {done.present} were there")

    def _prove(self, target: Repository, digest: str) -> None:
        """Read the image back at the mirror; raises proof-failed for another one than was copied."""
        try:
            found, _ = read_back(self._registry, target, digest)
        except errors.BuildtoolError as error:
            if error.kind is not errors.REGISTRY_SCAN:
                raise
            self._scans.wait(target, digest)
            found, _ = read_back(self._registry, target, digest)
        if found.digest != digest:
            message = f"{target} holds {found.digest} where {digest} was copied; no tag was published"
            raise errors.BuildtoolError(errors.PROOF_FAILED, message)
