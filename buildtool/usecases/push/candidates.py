"""The candidate tag: images are pushed under it before they are proven, and it is taken away again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.usecases.push.bake_targets import candidate_tag
from buildtool.usecases.push.locked import locked
from buildtool.usecases.side_by_side import Task, wait_for_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from buildtool.config import Config
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import TagRemoval
    from buildtool.usecases.ports import Lock, Registry
    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.recorder import Recorder

_MOST_SECONDS = 10.0  # an interrupted run must not wait for a registry that is gone


class Candidates:
    """Takes candidate tags away; where the registry cannot, they stay, and no policy sees them."""

    def __init__(self, config: Config, registry: Registry, recorder: Recorder, lock: Lock) -> None:
        self._config = config
        self._registry = registry
        self._recorder = recorder
        self._lock = lock
        self._removals: list[tuple[Repository, Task[TagRemoval]]] = []

    def alone(self, plan: Plan) -> AbstractContextManager[None]:
        """While this run pushes under the candidate tag, no other run of this machine does.

        The docker driver pushes what its engine has under that name, so a second run would push over the first.
        """
        tag = candidate_tag(self._config, plan)
        hosts = [image.repository.host for image in plan.to_build] if tag else []
        return locked(self._lock, [f"{host} {tag}" for host in hosts])

    @contextmanager
    def removed_after(self, plan: Plan) -> Iterator[None]:
        """Around the build: what it pushes under the candidate tag, and what an earlier run left, is taken away.

        That begins at the end of the block and goes on beside what follows, until `finish`.
        """
        self.finish()  # a removal under way would take away what is pushed from now on
        tag = self._config.push.candidate_tag
        used = plan.to_build if candidate_tag(self._config, plan) else []
        left = [image for image in plan.images if tag in image.seen and image not in used]
        try:
            yield
        finally:
            self._removals = [self._begun(image.repository) for image in [*used, *left]]

    def remove_held_back(self, plan: Plan) -> None:
        """Take away candidates of earlier runs that Harbor's scan lets nobody read: it would refuse every push to them.

        Raises registry-scan where that may not be done.
        """
        tag = candidate_tag(self._config, plan)
        for image in plan.to_build if tag else ():
            held = self._held_back(image.repository, str(tag)) if tag in image.seen else None
            if held is not None:
                self._remove_held_back(image.repository, str(tag), held)

    def _held_back(self, repository: Repository, tag: str) -> errors.BuildtoolError | None:
        try:
            self._registry.digest(repository, tag)
        except errors.BuildtoolError as error:
            if error.kind is errors.REGISTRY_SCAN:
                return error
            raise
        return None

    def _remove_held_back(self, repository: Repository, tag: str, held: errors.BuildtoolError) -> None:
        reference = repository.at(tag)
        try:
            self._registry.remove_tag(repository, tag)
        except errors.BuildtoolError as error:
            message = f"{reference}, left by an earlier run, blocks every push ({held.message}), and may not be removed"
            fix = f"Harbor: delete the tag {tag!r} of {repository.path}, or give this account `Delete Tag`"
            raise errors.BuildtoolError(errors.REGISTRY_SCAN, message, fix=fix, place=error.place) from error
        self._recorder.say(f"removed {reference}: an earlier run left it, and Harbor's scan holds it back")

    def finish(self) -> None:
        """Wait for what is being taken away, and say what stays."""
        removals, self._removals = self._removals, []
        wait_for_all([removal for _, removal in removals], _MOST_SECONDS)
        for repository, removal in removals:
            reason = _why_left(removal)
            if reason:
                reference = repository.at(self._config.push.candidate_tag)
                self._recorder.warn(f"{reference}, which no policy takes, stays until the next push: {reason}")

    def _begun(self, repository: Repository) -> tuple[Repository, Task[TagRemoval]]:
        return repository, Task(lambda: self._registry.remove_tag(repository, self._config.push.candidate_tag))


def _why_left(removal: Task[TagRemoval]) -> str:
    """Why the tag may still be there, "" where it is gone, or where this registry cannot take single tags away."""
    if not removal.done:
        return f"no answer within {_MOST_SECONDS:.0f} s"
    if removal.error is not None and not isinstance(removal.error, errors.BuildtoolError):
        raise removal.error
    return removal.error.message if removal.error is not None else ""
