"""BuildKit's progress, from `docker buildx bake --progress=rawjson` (buildx 0.13 and newer).

The stream is a sequence of JSON objects, indented over many lines (0.13) or one to a line (newer), followed by plain
text when the build failed: an excerpt of the Dockerfile and a last line `ERROR: …`.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from buildtool.core.build.events import BuildEvent, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG_LINES_KEPT = 200
_TEXT_KEPT = 65_536


class ProgressReader:
    """Fed with the lines of the stream; gives events, and keeps what a failure needs to be explained.

    `text` is what was not JSON; `failed` maps the name of a failed step to its error and its last log lines.
    """

    def __init__(self) -> None:
        self.text = ""
        self.failed: dict[str, str] = {}
        self.logs: dict[str, list[str]] = {}
        self._buffer: list[str] = []
        self._names: dict[str, str] = {}
        self._state: dict[str, Step] = {}
        self._partial: dict[str, str] = {}

    def feed(self, line: str) -> Iterator[BuildEvent]:
        """Take one line; yields what it completes."""
        if not self._buffer and not line.startswith("{"):
            self.text = (self.text + line)[-_TEXT_KEPT:]
            return
        self._buffer.append(line)
        if not line.rstrip().endswith("}") or (line.startswith((" ", "\t"))):
            return
        try:
            status = json.loads("".join(self._buffer))
        except ValueError:
            if line.rstrip() == "}":  # an object ended and is not JSON: text that happens to begin with a brace
                self.text = (self.text + "".join(self._buffer))[-_TEXT_KEPT:]
                self._buffer.clear()
            return
        self._buffer.clear()
        if isinstance(status, dict):
            yield from self._status(status)

    def _status(self, status: dict[str, Any]) -> Iterator[BuildEvent]:
        for vertex in status.get("vertexes") or []:
            yield from self._vertex(vertex)
        for log in status.get("logs") or []:
            yield from self._log(log)
        for warning in status.get("warnings") or []:
            yield BuildEvent(
                Step.WARNING, self._names.get(warning.get("vertex", ""), ""), _decode(warning.get("short"))
            )

    def _vertex(self, vertex: dict[str, Any]) -> Iterator[BuildEvent]:
        digest, name = vertex.get("digest", ""), str(vertex.get("name", ""))
        self._names[digest] = name
        state = self._state.get(digest)
        if vertex.get("completed") and self._partial.get(digest):
            yield from self._lines(name, [self._partial.pop(digest)])
        if vertex.get("error"):
            if state is not Step.FAILED:
                self._state[digest] = Step.FAILED
                self.failed[name] = str(vertex["error"])
                yield BuildEvent(Step.FAILED, name, str(vertex["error"]), _seconds(vertex))
        elif vertex.get("cached") and state is not Step.CACHED:
            self._state[digest] = Step.CACHED
            yield BuildEvent(Step.CACHED, name)
        elif vertex.get("completed") and state is Step.STARTED:
            self._state[digest] = Step.DONE
            yield BuildEvent(Step.DONE, name, seconds=_seconds(vertex))
        elif vertex.get("started") and state is None:
            self._state[digest] = Step.STARTED
            yield BuildEvent(Step.STARTED, name)

    def _log(self, log: dict[str, Any]) -> Iterator[BuildEvent]:
        """Logs come in pieces of any size; only whole lines go out, so that a secret is never cut in two."""
        vertex = log.get("vertex", "")
        name = self._names.get(vertex, "")
        *lines, self._partial[vertex] = (self._partial.get(vertex, "") + _decode(log.get("data"))).split("\n")
        yield from self._lines(name, lines)

    def _lines(self, name: str, lines: list[str]) -> Iterator[BuildEvent]:
        kept = self.logs.setdefault(name, [])
        for line in lines:
            kept.append(line.rstrip("\r"))
            yield BuildEvent(Step.LOG, name, line.rstrip("\r"))
        del kept[:-_LOG_LINES_KEPT]


def _decode(data: object) -> str:
    try:
        return base64.b64decode(str(data or "")).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return str(data)


def _seconds(vertex: dict[str, Any]) -> float | None:
    try:
        began, ended = (datetime.fromisoformat(_micro(str(vertex[key]))) for key in ("started", "completed"))
    except (KeyError, ValueError):
        return None
    return (ended - began).total_seconds()


def _micro(stamp: str) -> str:
    """Go prints nanoseconds; Python reads microseconds."""
    head, dot, tail = stamp.removesuffix("Z").partition(".")
    return head + dot + tail[:6] + "+00:00"
