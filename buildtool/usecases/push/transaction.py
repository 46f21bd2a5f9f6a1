"""Writes the tags of a run together or not at all.

The transaction owns the moment of publishing: it holds the lock, asks once more whether the plan still holds, writes
all tags at once, and takes them back when one cannot be written. Signals wait meanwhile. Nothing is printed in here:
what could not be taken back is part of the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from buildtool import errors
from buildtool.core.registry.contents import TagRemoval
from buildtool.usecases.push.locked import locked
from buildtool.usecases.side_by_side import Task, wait_for_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.ports import Lock

_TAKE_BACK_SECONDS = 5.0  # a runner kills a cancelled job 10 s after its first signal
_LAST_ANSWERS_SECONDS = 1.0  # for answers under way when a signal comes


class TagWriter(Protocol):
    """The part of a registry that a transaction needs."""

    def digest(self, repository: Repository, reference: str) -> str | None: ...
    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None: ...
    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval: ...


class Signals(Protocol):
    """The signals that ask a run to end: INT, TERM and HUP."""

    def held(self) -> AbstractContextManager[Callable[[], bool]]:
        """Inside the block they wait; the value tells whether one came. Behind it, one that came is acted on."""
        ...


@dataclass(frozen=True, slots=True)
class Write:
    """One tag to be written; `name` is the image's."""

    name: str
    repository: Repository
    tag: str
    manifest: Manifest

    @property
    def reference(self) -> str:
        return self.repository.at(self.tag)


class Transaction:
    """Runs of one user on one machine that publish to the same registry host take turns."""

    def __init__(self, registry: TagWriter, lock: Lock, signals: Signals) -> None:
        self._wrote = False
        self._registry = registry
        self._lock = lock
        self._signals = signals

    def run(
        self, writes: Sequence[Write], still_holds: Callable[[], bool], written: Callable[[Sequence[Write]], None]
    ) -> bool:
        """Write all tags; False, with nothing written, where the plan behind them does not hold any more.

        `written` is told as soon as all are there, before a signal that came meanwhile interrupts the run.

        Raises tag-exists for a tag that is there with another digest (it is never overwritten), interrupted, and what
        the registry raises; then none of the tags is visible but those that the message names.
        """
        with locked(self._lock, [write.repository.host for write in writes]):
            if not still_holds():
                return False
            missing = [write for write in writes if not self._is_there(write)]
            with self._signals.held() as interrupted:
                if not interrupted():
                    self._write(missing, interrupted)
                    self._wrote = True
                    written(writes)
        return True

    def _is_there(self, write: Write) -> bool:
        there = self._registry.digest(write.repository, write.tag)
        if there not in {None, write.manifest.digest}:
            raise errors.BuildtoolError(
                errors.TAG_EXISTS,
                f"{write.reference} exists with digest {there}; this run would write {write.manifest.digest}",
            )
        return there is not None

    def _write(self, writes: Sequence[Write], interrupted: Callable[[], bool]) -> None:
        tasks = [Task(lambda one=write: self._put(one)) for write in writes]  # type: ignore[misc]
        wait_for_all(tasks, None, stop=interrupted)
        wait_for_all(tasks, _LAST_ANSWERS_SECONDS)
        error = next((task.error for task in tasks if task.error is not None), None)
        if error is None and all(task.done for task in tasks):
            return
        left = self._take_back(writes, [task.done for task in tasks])
        nothing = "only the tags named as published before are there" if self._wrote else "no tag was published"
        raise _failure(error, left, nothing) from error

    def _put(self, write: Write) -> None:
        self._registry.put_manifest(write.repository, write.tag, write.manifest)

    def _take_back(self, writes: Sequence[Write], answered: Sequence[bool]) -> list[str]:
        """Remove all that may have been written; what is left or may still come, each with the reason."""
        tasks = [Task(lambda one=write: self._registry.remove_tag(one.repository, one.tag)) for write in writes]  # type: ignore[misc]
        wait_for_all(tasks, _TAKE_BACK_SECONDS)
        left = []
        for write, task, known in zip(writes, tasks, answered, strict=True):
            reason = _why_left(task) or ("" if known else "the registry did not answer to its upload")
            if reason:
                left.append(f"{write.reference} ({reason})")
        return left


def _why_left(task: Task[TagRemoval]) -> str:
    """Why a tag may still be there; "" for one that is gone for certain."""
    if not task.done:
        return f"no answer within {_TAKE_BACK_SECONDS:.0f} s"
    if isinstance(task.error, errors.BuildtoolError):
        return task.error.message
    if task.error is not None:
        return str(task.error)
    return "this registry cannot take one tag away" if task.value is TagRemoval.UNSUPPORTED else ""


def _failure(error: BaseException | None, left: Sequence[str], nothing: str) -> BaseException:
    """The error of the run, with one true line on what may be visible."""
    words = f"; may be published all the same, delete it: {', '.join(left)}" if left else f"; {nothing}"
    if error is None:
        return errors.BuildtoolError(errors.INTERRUPTED, f"interrupted while publishing{words}")
    if isinstance(error, errors.BuildtoolError):
        return errors.BuildtoolError(error.kind, f"{error.message}{words}", fix=error.fix, place=error.place)
    return error
