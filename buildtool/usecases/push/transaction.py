"""Writes the tags of a run together or not at all.

The transaction owns the moment of publishing: it holds the lock, asks once more whether the plan still holds, writes
all tags at once, and takes them back when one cannot be written. Signals wait meanwhile. Nothing is printed in here:
what could not be taken back is part of the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from buildtool import errors
from buildtool.core.commit.versions import version_of
from buildtool.core.registry.contents import TagRemoval
from buildtool.errors import BuildtoolError
from buildtool.usecases.push.releases import taken
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
    """One tag to be written; `name` is the image's. `instead` is what the tag is moved from, None for a new one."""

    name: str
    repository: Repository
    tag: str
    manifest: Manifest
    instead: Manifest | None = None

    @property
    def reference(self) -> str:
        return self.repository.at(self.tag)


class Transaction:
    """`name` is the registry's: runs of one user on one machine that publish there take turns."""

    def __init__(self, registry: TagWriter, lock: Lock, signals: Signals, name: str) -> None:
        self._wrote = False
        self._registry = registry
        self._lock = lock
        self._signals = signals
        self._name = name

    def run(
        self, writes: Sequence[Write], still_holds: Callable[[], bool], written: Callable[[Sequence[Write]], None]
    ) -> bool:
        """Write all tags; False, with nothing written, where the plan behind them does not hold any more.

        `written` is told as soon as all are there, before a signal that came meanwhile interrupts the run.

        Raises tag-exists for a tag that is there with another digest than it is to be moved from (it is never
        overwritten), interrupted, and what the registry raises; then none of the tags is visible or moved but those
        that the message names.
        """
        with self._lock(self._name):
            if not still_holds():
                return False
            missing = [write for write in writes if not self._is_there(write)]
            with self._signals.held() as interrupted:
                if not interrupted():
                    self._write(missing, interrupted)
                    self._wrote = True
                    written(writes)
        return True

    def require_there(self, write: Write) -> None:
        """Raise tag-exists where the tag is there with another digest by now."""
        self._is_there(write)

    def _is_there(self, write: Write) -> bool:
        there = self._registry.digest(write.repository, write.tag)
        if write.instead is not None and there == write.instead.digest:
            return there == write.manifest.digest
        if there not in {None, write.manifest.digest}:
            message = f"{write.reference} exists with digest {there}; this run would write {write.manifest.digest}"
            raise taken(message, write.tag) if version_of(write.tag) else BuildtoolError(errors.TAG_EXISTS, message)
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
        """Undo all that may have been written; what is left or may still come, each with the reason and what to do."""
        tasks = [Task(lambda one=write: self._undo(one)) for write in writes]  # type: ignore[misc]
        wait_for_all(tasks, _TAKE_BACK_SECONDS)
        left = []
        for write, task, known in zip(writes, tasks, answered, strict=True):
            reason = _why_left(task) or ("" if known else "the registry did not answer to its upload")
            if reason:
                left.append(_left(write, reason))
        return left

    def _undo(self, write: Write) -> TagRemoval:
        """Take a new tag away; put a moved one back, unless another run has moved it meanwhile."""
        if write.instead is None:
            return self._registry.remove_tag(write.repository, write.tag)
        if self._registry.digest(write.repository, write.tag) == write.manifest.digest:
            self._registry.put_manifest(write.repository, write.tag, write.instead)
        return TagRemoval.REMOVED


def _why_left(task: Task[TagRemoval]) -> str:
    """Why a tag may still be there; "" for one that is gone for certain."""
    if not task.done:
        return f"no answer within {_TAKE_BACK_SECONDS:.0f} s"
    if isinstance(task.error, BuildtoolError):
        return task.error.message
    if task.error is not None:
        return str(task.error)
    return "this registry cannot take one tag away" if task.value is TagRemoval.UNSUPPORTED else ""


def _left(write: Write, reason: str) -> str:
    if write.instead is None:
        return f"may be published all the same, delete it: {write.reference} ({reason})"
    return f"may be moved all the same: {write.reference} ({reason}); before it was {write.instead.digest}"


def _failure(error: BaseException | None, left: Sequence[str], nothing: str) -> BaseException:
    """The error of the run, with one true line on what may be visible."""
    words = f"; {'; '.join(left)}" if left else f"; {nothing}"
    if error is None:
        return BuildtoolError(errors.INTERRUPTED, f"interrupted while publishing{words}")
    if isinstance(error, BuildtoolError):
        return BuildtoolError(error.kind, f"{error.message}{words}", fix=error.fix, place=error.place)
    return error
