"""Streams recorded from buildx 0.13.1 (indented) are read; compacted to one object a line, as newer ones print, too."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.core.build.buildkit_progress import ProgressReader
from buildtool.core.build.events import Step

if TYPE_CHECKING:
    from buildtool.core.build.events import BuildEvent

RECORDED = Path(__file__).parents[2] / "fixtures" / "buildx"


def read(text: str) -> tuple[ProgressReader, list[BuildEvent]]:
    reader = ProgressReader()
    return reader, [event for line in text.splitlines(keepends=True) for event in reader.feed(line)]


def compact(text: str) -> str:
    """The same stream with each object on one line."""
    decoder, at, out = json.JSONDecoder(), 0, ""
    while text[at : at + 1] == "{":
        value, at = decoder.raw_decode(text, at)
        out += json.dumps(value) + "\n"
        at += 1
    return out + text[at:]


@pytest.mark.parametrize("name", ["success", "failing-run", "no-such-file", "push-refused"])
def test_both_forms_of_the_stream_say_the_same(name: str) -> None:
    text = (RECORDED / f"{name}.txt").read_text(encoding="utf-8")
    indented, first = read(text)
    compacted, second = read(compact(text))
    assert first == second
    assert indented.text == compacted.text
    assert len(first) > 5


def test_a_step_begins_once_and_ends_once() -> None:
    _, events = read((RECORDED / "success.txt").read_text(encoding="utf-8"))
    ended = [event.name for event in events if event.step in (Step.DONE, Step.CACHED)]
    assert "[a] exporting to image" in ended
    assert len([name for name in ended if name == "[a] exporting to image"]) == 1


def test_a_failed_step_is_kept_with_its_log() -> None:
    reader, events = read((RECORDED / "failing-run.txt").read_text(encoding="utf-8"))
    assert any(event.step is Step.FAILED and "RUN" in event.name for event in events)
    cause = next(name for name, error in reader.failed.items() if "context canceled" not in error)
    assert 'RUN ["/nothere", "x"]' in cause
    assert any("no such file or directory" in line for line in reader.logs[cause])


def test_plain_text_after_the_stream_is_kept() -> None:
    reader, _ = read((RECORDED / "failing-run.txt").read_text(encoding="utf-8"))
    assert reader.text.strip().endswith("exit code: 1")
    assert ">>>" in reader.text


def test_logs_come_out_as_whole_lines() -> None:
    """A secret cut in two pieces would not be recognised, and so not be masked."""
    reader = ProgressReader()
    pieces = [b"pass", b"word=abc", b"def\nnext"]
    lines = [
        json.dumps({"logs": [{"vertex": "v", "data": base64.b64encode(piece).decode()}]}) + "\n" for piece in pieces
    ]
    events = [event for line in lines for event in reader.feed(line)]
    assert [event.text for event in events] == ["password=abcdef"]
    ended = json.dumps({"vertexes": [{"digest": "v", "name": "RUN x", "started": "s", "completed": "c"}]})
    assert [event.text for event in reader.feed(ended) if event.step is Step.LOG] == ["next"]


@pytest.mark.parametrize(
    "text",
    [
        *("{", "{ not json }\n", "{\n  oops\n}\n", "}\n", "\x00\xff\n", "[1]\n", '{"vertexes": null}\n'),
        *("{" + "[" * 99_999 + "}\n", '{"vertexes": 7, "logs": {}, "warnings": [null, []]}\n', "[" * 99_999),
        '{"a": ' + "9" * 5_000 + "}\n",
    ],
)
def test_text_that_is_no_progress_does_no_harm(text: str) -> None:
    _, events = read(text)
    assert events == []


@pytest.mark.parametrize("odd", [None, 7, [], {}, "\ud800", "x" * 99_999, True])
def test_values_of_another_shape_are_passed_over(odd: object) -> None:
    vertex = dict.fromkeys(("digest", "name", "started", "completed", "error", "cached"), odd)
    text = json.dumps({"vertexes": [vertex], "logs": [{"vertex": odd, "data": odd}], "warnings": [{"short": odd}]})
    _, events = read(text + "\n")
    assert all(type(text) is str for event in events for text in (event.name, event.text))


def test_an_object_that_never_ends_is_text_at_last() -> None:
    reader, events = read("{\n" + ' "a": 1,\n' * 2_000_000)
    assert events == []
    assert reader.text.endswith('"a": 1,\n')


def test_lines_that_begin_with_a_brace_are_read_once() -> None:
    _, events = read("{a}\n" * 100_000 + "}\n")
    assert events == []
