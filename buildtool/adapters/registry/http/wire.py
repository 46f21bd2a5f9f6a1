"""One HTTP request to one server and its answer, within limits. No retries, no credentials of its own."""

from __future__ import annotations

import time
import weakref
from typing import IO, TYPE_CHECKING

import httpx

from buildtool.adapters.registry.http.answer import Answer
from buildtool.adapters.registry.http.failures import CAUGHT, HealableError, translate
from buildtool.adapters.registry.http.proxies import Routes
from buildtool.errors import BUILD_DISK_FULL, REGISTRY_ANSWER, REGISTRY_UNREACHABLE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from buildtool.adapters.registry.http.limits import Limits


class Wire:
    """Keeps connections open between exchanges; `close` ends them, and so does losing the last reference."""

    def __init__(self, limits: Limits, environment: Mapping[str, str], ca_files: Sequence[Path] = ()) -> None:
        self._limits = limits
        routes = Routes(environment, ca_files)
        self._client = httpx.Client(
            transport=routes,
            trust_env=False,
            follow_redirects=False,
            # `identity`: a digest is over the bytes as stored, and a compressed answer could hide its true size
            headers={"User-Agent": "buildtool", "Accept-Encoding": "identity"},
        )
        self.close = weakref.finalize(self, self._client.close)

    def exchange(  # noqa: PLR0913 -- what a request has
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | Iterable[bytes] | None = None,
        limit: int | None = None,
        sink: IO[bytes] | None = None,
        read: float | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """Send, and read the answer up to `limit` bytes; raises HealableError or BuildtoolError.

        `read` is the longest silence in seconds, and `seconds` the longest answer, where they are not those of the
        limits. A server may take longer to answer to `content` that comes part by part: it stores it then.

        With a `sink` the body of a success goes there, from its start, and the answer has none.
        """
        place = f"{method} {url.split('?', maxsplit=1)[0]}"
        deadline = time.monotonic() + (seconds or (self._limits.download if sink else self._limits.exchange))
        silence = read or (self._limits.read if isinstance(content, bytes | None) else self._limits.exchange)
        try:
            # cookies would tie requests together; a registry's API has none
            self._client.cookies.clear()
            request = self._client.build_request(
                method, url, headers=headers, content=content, timeout=self._timeout(silence)
            )
            response = self._client.send(request, stream=True)
            try:
                into = sink if response.is_success else None
                body = self._read(response, limit or self._limits.small_bytes, deadline, place, into)
            finally:
                response.close()
        except CAUGHT as error:
            raise translate(error, place) from error
        return Answer(method, str(response.url), response.status_code, response.headers, body)

    def _timeout(self, read: float) -> httpx.Timeout:
        return httpx.Timeout(read, connect=self._limits.connect, pool=self._limits.connect)

    def _read(self, response: httpx.Response, limit: int, deadline: float, place: str, sink: IO[bytes] | None) -> bytes:
        parts: list[bytes] = []
        size = 0
        if sink is not None:
            sink.seek(0)
            sink.truncate()
        for part in response.iter_raw():
            if sink is not None:
                _store(sink, part, place)
            else:
                parts.append(part)
            size += len(part)
            if size > limit:
                raise BuildtoolError(REGISTRY_ANSWER, f"the answer is longer than {limit} bytes", place=place)
            if time.monotonic() > deadline:
                late = "the answer did not end in time"
                raise HealableError(BuildtoolError(REGISTRY_UNREACHABLE, late, place=place))
        return b"".join(parts)


def _store(sink: IO[bytes], part: bytes, place: str) -> None:
    try:
        sink.write(part)
    except OSError as error:  # ours, not the connection's: trying again would not help
        full = f"the answer cannot be kept in the temporary folder: {error.strerror}"
        raise BuildtoolError(BUILD_DISK_FULL, full, fix="free space, or set TMPDIR", place=place) from error
