"""A blob of one registry as the body of an upload to another, part by part: it is never whole in memory."""

from __future__ import annotations

import contextlib
import io
import queue
import threading
from typing import IO, TYPE_CHECKING, cast

from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.login.session import Request
from buildtool.adapters.registry.v2.content import HASHES
from buildtool.errors import REGISTRY_ANSWER, REGISTRY_DIGEST, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository

_PARTS = 16  # parts that wait to be sent; httpx reads 64 KiB at a time
_LOOK_SECONDS = 0.5  # between two looks whether anybody still takes parts


class _StoppedError(Exception):
    """The upload has ended before the blob did."""


class Pipe:
    """Each iteration reads the blob anew. Its last part is given only when digest and size of the whole are right.

    Raises HealableError and registry-* for what the reading meets, registry-digest for other bytes than asked for.
    `seconds` bounds one reading.
    """

    def __init__(self, session: Session, repository: Repository, digest: str, size: int, seconds: float) -> None:
        algorithm = digest.partition(":")[0]
        if algorithm not in HASHES:
            raise BuildtoolError(
                REGISTRY_ANSWER, f"its digest is of a kind we cannot check: {digest[:100]!r}", place=str(repository)
            )
        self._session = session
        self._repository = repository
        self._digest = digest
        self._size = size
        self._seconds = seconds
        self._algorithm = algorithm

    def __iter__(self) -> Iterator[bytes]:
        reading = _Reading(self._read)
        try:
            yield from self._checked(reading)
        finally:
            reading.stop()

    def _checked(self, reading: _Reading) -> Iterator[bytes]:
        hashed, size, held = HASHES[self._algorithm](), 0, b""
        for part in reading.parts():
            hashed.update(part)
            size += len(part)
            if held:
                yield held
            held = part
        actual = f"{self._algorithm}:{hashed.hexdigest()}"
        if actual != self._digest or size != self._size:
            message = f"asked for {self._digest} of {self._size} bytes, received {size} bytes of {actual}"
            raise BuildtoolError(REGISTRY_DIGEST, message, place=str(self._repository))
        if held:
            yield held

    def _read(self, sink: IO[bytes]) -> None:
        path = f"/v2/{self._repository.path}/blobs/{self._digest}"
        scope = f"repository:{self._repository.path}:pull"
        asked = Request("GET", path, scope, limit=max(self._size, 1), sink=sink, seconds=self._seconds)
        answer = self._session.once(asked)
        if not answer.ok:
            raise refusal(answer, self._repository.path)


class _Reading(io.RawIOBase):
    """One reading, in a thread of its own, which waits while nobody takes what it has read."""

    def __init__(self, read: Callable[[IO[bytes]], None]) -> None:
        self._waiting: queue.Queue[bytes | None] = queue.Queue(_PARTS)
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(read,), daemon=True)
        self._thread.start()

    def parts(self) -> Iterator[bytes]:
        while (part := self._waiting.get()) is not None:
            yield part
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        self._stopped.set()

    def _run(self, read: Callable[[IO[bytes]], None]) -> None:
        try:
            read(cast("IO[bytes]", self))
        except BaseException as error:  # noqa: BLE001 -- raised again where the parts are taken
            self._error = error
        with contextlib.suppress(_StoppedError):
            self._put(None)

    def write(self, part: bytes) -> int:  # type: ignore[override]  # a part is bytes, whatever else a file takes
        self._put(part)
        return len(part)

    def _put(self, part: bytes | None) -> None:
        while not self._stopped.is_set():
            try:
                self._waiting.put(part, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return
        raise _StoppedError

    def seek(self, offset: int, whence: int = 0) -> int:
        """An answer that is no success has written nothing: there is nothing to go back over."""
        return offset + whence

    def truncate(self, size: int | None = None) -> int:
        return size or 0
