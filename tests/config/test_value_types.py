from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from buildtool.config import value_types
from buildtool.config.builder_nodes import NODES
from buildtool.config.running_table import RUNNING

FLAG, WHOLE, WORD = value_types.flag(), value_types.whole(0, 20), value_types.choice("a", "b")
LIST, TABLE = (
    value_types.texts("a list of words", value_types.text(), '["x"]'),
    value_types.mapping("a table of words", "{ a = 'x' }"),
)


def checked(kind: value_types.ValueType, value: object) -> tuple[Any, list[str]]:
    """The value in the model's form, and what was reported, each with the place inside the value."""
    reports: list[str] = []
    good = kind.check(value, lambda text, *inside: reports.append(" ".join([*map(str, inside), text])))
    return good, reports


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (value_types.text(), 1, 'expected text in quotes, found a whole number: write "1"'),
        (value_types.text(), 1.5, 'found a number: write "1.5"'),
        (value_types.text(), True, "found true or false"),
        (value_types.text(), dt.date(2024, 1, 2), "found a date or time"),
        (value_types.text(), " ", "is empty"),
        (value_types.text(), "a\nb", "holds a control character"),
        (FLAG, "true", "found text: write it without quotes"),
        (FLAG, 1, "found a whole number"),
        (WHOLE, True, "expected a whole number from 0 to 20, found true or false"),
        (WHOLE, 21, "found 21"),
        (WHOLE, -(10**16), "found one far outside"),
        (value_types.text(), 16**4000, "found a whole number"),
        (WORD, "c", '"c" is none of a, b'),
        (LIST, "x", 'expected a list of words, for example ["x"], found text'),
        (LIST, ["x", 2, "x"], "1 expected text"),
        (LIST, ["x", "y", "x"], "2 is there twice"),
        (
            value_types.texts("a list", value_types.text(), '["x"]', least=1),
            [],
            'is empty: write a list, for example ["x"]',
        ),
        (TABLE, [], "found a list"),
        (TABLE, {"a": 1}, "a expected text"),
        (value_types.mapping("t", "{}", lambda key: "no" if key == "b" else None), {"b": "x"}, "b no"),
        (NODES, {}, "expected a list of nodes"),
        (NODES, ["ssh://pi"], "0 expected a node"),
        (NODES, [{"endpoint": "pi", "platform": []}], "0 platform unknown key; did you mean platforms?"),
        (NODES, [{"platforms": []}], "0 has no endpoint"),
        (NODES, [{"endpoint": "pi", "platforms": ["pi"]}], "0 platforms 0"),
        (RUNNING, "http://pi/health", "expected a table"),
        (RUNNING, {"revision": "a"}, "has no url"),
        (RUNNING, {"url": "http://pi", "key": "a"}, "key unknown key"),
        (RUNNING, {"url": "http://pi", "revison": "a"}, "did you mean revision?"),
        (RUNNING, {"url": "http://pi", "revision": 5}, "revision expected a key"),
        (RUNNING, {"url": "pi:3001/health"}, "url is not a URL"),
        (RUNNING, {"url": "ftp://pi/"}, "url is not a URL"),
        (RUNNING, {"url": "http://user:secret@pi/"}, "url holds a user"),
        (RUNNING, {"url": "http://pi:99999/"}, "url port 99999"),
        (RUNNING, {"url": "http:///health"}, "is not a host"),
        (RUNNING, {"url": "http://pi/a b"}, "url holds a character"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_wrong_value_is_reported_at_its_place(kind: value_types.ValueType, value: object, words: str) -> None:
    assert words in "\n".join(checked(kind, value)[1])


def test_one_platform_said_two_ways_is_there_twice() -> None:
    node = [{"endpoint": "pi", "platforms": ["linux/arm64", "linux/arm64/v8"]}]
    assert checked(NODES, node)[1] == ["0 platforms 1 is there twice"]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (FLAG, "Yes", True),
        (FLAG, "0", False),
        (FLAG, "perhaps", "perhaps"),
        (WHOLE, "7", 7),
        (WHOLE, "7.0", "7.0"),
        (WHOLE, "9" * 5000, "9" * 5000),
        (LIST, "a, b,", ["a", "b"]),
        (LIST, '["id=x,env=Y"]', ["id=x,env=Y"]),
        (LIST, "[broken", "[broken"),
        (LIST, "[" * 100_000, "[" * 100_000),
        (TABLE, "A=1,B=2=3", {"A": "1", "B": "2=3"}),
        (TABLE, '{"A": "1,2"}', {"A": "1,2"}),
        (TABLE, "A", "A"),
        (NODES, '[{"endpoint": "pi"}]', [{"endpoint": "pi"}]),
        (RUNNING, "http://pi/health", {"url": "http://pi/health"}),
        (RUNNING, '{"url": "http://pi", "revision": "a"}', {"url": "http://pi", "revision": "a"}),
    ],
)
def test_a_variable_is_read_as_a_file_would_hold_it(kind: value_types.ValueType, raw: str, value: object) -> None:
    assert kind.read(raw) == value
