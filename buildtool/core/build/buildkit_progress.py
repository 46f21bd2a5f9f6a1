"""BuildKit's progress, from `docker buildx bake --progress=rawjson` (buildx 0.13 and newer).

The stream is a sequence of JSON objects, indented over many lines (0.13) or one to a line (newer), followed by plain
text when the build failed: an excerpt of the Dockerfile and a last line `ERROR: …`.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from buildtool.core.build.cache_steps import cache_trouble
from buildtool.core.build.events import BuildEvent, Step
from buildtool.core.build.loglines import LogLines, Tail

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG_LINES_KEPT = 200
_LOG_LINE_KEPT = 2_000
_TEXT_KEPT = 65_536
_LARGEST_OBJECT = 16 << 20
_MOST_STEPS = 10_000
_MOST_PARTS = 1_000


class ProgressReader:
    """Lines of the stream -> events; it also keeps what is needed to explain a failure.

    `failed` maps the name of a failed step to its error, `logs` to its last lines. Objects of another shape than
    BuildKit's are ignored, and memory is bounded. Steps about layer caches, whose failures a build survives, stand in
    `cache_failed` instead.
    """

    def __init__(self) -> None:
        self.failed: dict[str, str] = {}
        self.cache_failed: dict[str, str] = {}
        self.logs: dict[str, list[str]] = {}
        self._text = Tail(_TEXT_KEPT)
        self._buffer: list[str] = []
        self._size = 0
        self._names: dict[str, str] = {}
        self._state: dict[str, Step] = {}
        self._lines: dict[str, LogLines] = {}
        self._parts: dict[str, dict[str, tuple[int, int]]] = {}

    @property
    def text(self) -> str:
        """What was not JSON, the end of it."""
        return str(self._text)

    @property
    def causes(self) -> dict[str, str]:
        """The failed steps that a failed build can come from: about a cache only where the end of the text names it."""
        return self.failed or {name: error for name, error in self.cache_failed.items() if error in self.text}

    def feed(self, line: str) -> Iterator[BuildEvent]:
        """Take one line; yields what it completes."""
        if not self._buffer and not line.startswith("{"):
            self._text.add(line)
            return
        self._buffer.append(line)
        self._size += len(line)
        ended = line.rstrip()
        if ended == "}" or (len(self._buffer) == 1 and ended.endswith("}")):
            yield from self._object(whole=ended == "}")
        elif self._size > _LARGEST_OBJECT:
            self._give_up()

    def _object(self, *, whole: bool) -> Iterator[BuildEvent]:
        """Read what is in the buffer; one line that is no JSON may be the beginning of more."""
        try:
            status = json.loads("".join(self._buffer))
        except (ValueError, RecursionError):
            if whole:  # an object ended and is not JSON: text that happens to begin with a brace
                self._give_up()
            return
        self._buffer.clear()
        self._size = 0
        yield from self._status(status)

    def _give_up(self) -> None:
        self._text.add("".join(self._buffer))
        self._buffer.clear()
        self._size = 0

    def _status(self, status: Any) -> Iterator[BuildEvent]:
        for vertex in _mappings(status, "vertexes"):
            yield from self._vertex(vertex)
        for log in _mappings(status, "logs"):
            yield from self._log(log)
        yield from self._bytes(_mappings(status, "statuses"))
        for warning in _mappings(status, "warnings"):
            words = _decode(warning.get("short")).decode("utf-8", "replace")
            yield BuildEvent(Step.WARNING, self._names.get(_text(warning.get("vertex")), ""), words)

    def _vertex(self, vertex: dict[str, Any]) -> Iterator[BuildEvent]:
        digest, name, error = _text(vertex.get("digest")), _text(vertex.get("name")), _text(vertex.get("error"))
        if digest not in self._names and len(self._names) >= _MOST_STEPS:
            return
        self._names[digest] = name
        state = self._state.get(digest)
        if vertex.get("completed") and digest in self._lines:
            yield from self._logged(name, self._lines[digest].end())
        if error:
            if state is not Step.FAILED:
                self._state[digest] = Step.FAILED
                yield from self._failure(name, error, _seconds(vertex))
        elif vertex.get("cached") and state is not Step.CACHED:
            self._state[digest] = Step.CACHED
            yield BuildEvent(Step.CACHED, name)
        else:
            yield from self._went_on(digest, name, vertex)

    def _failure(self, name: str, error: str, seconds: float | None) -> Iterator[BuildEvent]:
        trouble = cache_trouble(name, error)
        if trouble is None:
            self.failed[name] = error
            yield BuildEvent(Step.FAILED, name, error, seconds)
        elif trouble:
            self.cache_failed[name] = error
            yield BuildEvent(Step.CACHE, name, trouble, seconds)

    def _went_on(self, digest: str, name: str, vertex: dict[str, Any]) -> Iterator[BuildEvent]:
        """A quick step begins and ends in one report."""
        if vertex.get("started") and self._state.get(digest) is None:
            self._state[digest] = Step.STARTED
            yield BuildEvent(Step.STARTED, name)
        if vertex.get("completed") and self._state.get(digest) is Step.STARTED:
            self._state[digest] = Step.DONE
            yield BuildEvent(Step.DONE, name, seconds=_seconds(vertex))

    def _log(self, log: dict[str, Any]) -> Iterator[BuildEvent]:
        vertex = _text(log.get("vertex"))
        if vertex not in self._lines and len(self._lines) >= _MOST_STEPS:
            return
        lines = self._lines.setdefault(vertex, LogLines()).feed(_decode(log.get("data")))
        yield from self._logged(self._names.get(vertex, ""), lines)

    def _bytes(self, statuses: list[dict[str, Any]]) -> Iterator[BuildEvent]:
        """The sums over what a step moves: layers, a build context."""
        changed = dict.fromkeys(_text(status.get("vertex")) for status in statuses if self._takes_part(status))
        for vertex in changed:
            moved, totals = zip(*self._parts[vertex].values(), strict=True)
            total = sum(totals) if all(totals) else None
            yield BuildEvent(Step.BYTES, self._names[vertex], moved=sum(moved), total=total)

    def _takes_part(self, status: dict[str, Any]) -> bool:
        """Whether this is a number of bytes that was not known."""
        vertex, part = _text(status.get("vertex")), _text(status.get("id"))
        moved, total = _count(status.get("current")), _count(status.get("total"))
        parts = self._parts.setdefault(vertex, {}) if vertex in self._names else {}
        if not (moved or total) or vertex not in self._names or (part not in parts and len(parts) >= _MOST_PARTS):
            return False
        parts[part] = (moved, total)
        return True

    def _logged(self, name: str, lines: list[str]) -> Iterator[BuildEvent]:
        kept = self.logs.setdefault(name, [])
        for line in lines:
            kept.append(line[:_LOG_LINE_KEPT])
            yield BuildEvent(Step.LOG, name, line)
        del kept[:-_LOG_LINES_KEPT]


def _mappings(status: Any, key: str) -> list[dict[str, Any]]:
    entries = status.get(key) if isinstance(status, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return value if type(value) is int and 0 < value < 1 << 62 else 0


def _decode(data: Any) -> bytes:
    """Base64, as Go writes bytes into JSON; what is none stands for itself."""
    try:
        return base64.b64decode(_text(data), validate=True)
    except ValueError:
        return _text(data).encode("utf-8", "replace")


def _seconds(vertex: dict[str, Any]) -> float | None:
    try:
        began, ended = (datetime.fromisoformat(_micro(_text(vertex.get(key)))) for key in ("started", "completed"))
    except (ValueError, OverflowError):
        return None
    return (ended - began).total_seconds()


def _micro(stamp: str) -> str:
    """Go prints nanoseconds; Python reads microseconds."""
    head, dot, tail = stamp.removesuffix("Z").partition(".")
    return head + dot + tail[:6] + "+00:00"
