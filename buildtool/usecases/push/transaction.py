"""Writes the tags of a run together or not at all.

The transaction owns the moment of publishing: it holds the lock, asks once more whether the plan still holds, writes
all tags at once, and takes them back when one cannot be written. Signals wait meanwhile. Nothing is printed in here:
what could not be taken back is part of the error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from buildtool import errors
from buildtool.core.commit.versions import version_of
from buildtool.core.registry.contents import TagRemoval
from buildtool.errors import BuildtoolError
from buildtool.usecases.push.locked import locked
from buildtool.usecases.push.releases import taken
from buildtool.usecases.side_by_side import Task, wait_for_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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
    """One tag to be written; `name` is the image's. `instead` is what the tag is moved from, None for a new one.

    `mirror`: it is a copy's, which is written after the others.
    """

    name: str
    repository: Repository
    tag: str
    manifest: Manifest
    instead: Manifest | None = None
    mirror: bool = False

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

        Raises tag-exists for a tag that is there with another digest than it is to be moved from (it is never
        overwritten), interrupted, and what the registry raises; then none of the tags is visible or moved but those
        that the message names.
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
        """First where images are published, then their mirrors: a run that is killed in between is gone on with."""
        parts = [[write for write in writes if write.mirror is mirror] for mirror in (False, True)]
        tasks: list[Task[None]] = []
        for part in parts:
            begun = [Task(lambda one=write: self._put(one)) for write in part]  # type: ignore[misc]
            wait_for_all(begun, None, stop=interrupted)
            wait_for_all(begun, _LAST_ANSWERS_SECONDS)
            tasks += begun
            if not all(task.done and task.error is None for task in begun) or (part is parts[0] and interrupted()):
                break
        error = next((task.error for task in tasks if task.error is not None), None)
        if error is None and len(tasks) == len(writes) and all(task.done for task in tasks):
            return
        every = [write for part in parts for write in part]
        left = self._take_back(every[: len(tasks)], tasks)
        nothing = "only the tags named as published before are there" if self._wrote else "no tag was published"
        raise _half_published(error, left, every) or _failure(error, left, nothing) from error

    def _put(self, write: Write) -> None:
        self._registry.put_manifest(write.repository, write.tag, write.manifest)

    def _take_back(self, writes: Sequence[Write], puts: Sequence[Task[None]]) -> list[_Left]:
        """Undo all that may have been written; what is left or may still come, each with the reason."""
        answered = [(put.done, put.done and put.error is None) for put in puts]
        tasks = [Task(lambda one=write: self._undo(one)) for write in writes]  # type: ignore[misc]
        wait_for_all(tasks, _TAKE_BACK_SECONDS)
        left = []
        for write, task, (known, there) in zip(writes, tasks, answered, strict=True):
            reason = _why_left(task) or ("" if known else "the registry did not answer to its upload")
            if reason:
                left.append(_Left(write, reason, there))
        return left

    def _undo(self, write: Write) -> TagRemoval:
        """Take a new tag away; put a moved one back, unless another run has moved it meanwhile."""
        if write.instead is None:
            return self._registry.remove_tag(write.repository, write.tag)
        if self._registry.digest(write.repository, write.tag) == write.manifest.digest:
            self._registry.put_manifest(write.repository, write.tag, write.instead)
        return TagRemoval.REMOVED


class _Left(NamedTuple):
    """A tag that could not be taken back. `there` says that it was written for certain; else nobody knows."""

    write: Write
    reason: str
    there: bool

    def __str__(self) -> str:
        return f"{self.write.reference} ({self.reason})"


def _why_left(task: Task[TagRemoval]) -> str:
    """Why a tag may still be there; "" for one that is gone for certain."""
    if not task.done:
        return f"no answer within {_TAKE_BACK_SECONDS:.0f} s"
    if isinstance(task.error, BuildtoolError):
        return task.error.message
    if task.error is not None:
        return str(task.error)
    return "this registry cannot take one tag away" if task.value is TagRemoval.UNSUPPORTED else ""


def _may_be(left: Sequence[_Left]) -> Iterator[str]:
    new = [str(one) for one in left if one.write.instead is None]
    if new:
        yield f"may be published all the same, delete it: {', '.join(new)}"
    for one in left:
        if one.write.instead is not None:
            yield f"may be moved all the same: {one}; before it was {one.write.instead.digest}"


def _half_published(
    error: BaseException | None, left: Sequence[_Left], writes: Sequence[Write]
) -> BuildtoolError | None:
    """The error of a run with mirrors that left a tag in one registry and not in another; None for any other."""
    there = [str(one) for one in left if one.there]
    if not there or not any(write.mirror for write in writes) or not isinstance(error, BuildtoolError | None):
        return None
    unknown = [str(one) for one in left if not one.there]
    absent = [write.reference for write in writes if write.reference not in {one.write.reference for one in left}]
    parts = {"published, and cannot be taken back": there, "not published": absent, "not known": unknown}
    words = [f"{what}: {', '.join(references)}" for what, references in parts.items() if references]
    why = error.message if error is not None else "interrupted while publishing"
    return BuildtoolError(errors.MIRROR_INCOMPLETE, "; ".join([why, *words]), place=error.place if error else None)


def _failure(error: BaseException | None, left: Sequence[_Left], nothing: str) -> BaseException:
    """The error of the run, with one true line on what may be visible."""
    words = f"; {'; '.join(_may_be(left))}" if left else f"; {nothing}"
    if error is None:
        return BuildtoolError(errors.INTERRUPTED, f"interrupted while publishing{words}")
    if isinstance(error, BuildtoolError):
        return BuildtoolError(error.kind, f"{error.message}{words}", fix=error.fix, place=error.place)
    return error
