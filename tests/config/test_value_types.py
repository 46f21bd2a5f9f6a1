from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import value_types
from buildtool.config.builder_nodes import NODES
from buildtool.config.builder_registries import REGISTRIES
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
        (NODES, [{}], "0 has no endpoint"),
        (NODES, [{"endpoint": "--rm"}], "0 endpoint is no docker context and no address"),
        (NODES, [{"endpoint": "pi", "options": {"-x": "1"}}], "0 options -x"),
        (NODES, [{"endpoint": "tcp://pi:1", "key": "a,b"}], "0 key holds a comma"),
        (REGISTRIES, [], "expected a table of registries"),
        (REGISTRIES, {"a b": {}}, "is not a host"),
        (REGISTRIES, {"hub": 1}, "hub expected a table"),
        (REGISTRIES, {"hub": {"htp": True}}, "hub htp unknown key; did you mean http?"),
        (REGISTRIES, {"hub": {"http": "yes"}}, "hub http expected true or false"),
        (REGISTRIES, {"hub": {"mirrors": ["http://x"]}}, "hub mirrors 0 drop"),
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


# --- a value of a file, and the same value in a variable

WORDS = st.text(alphabet="abc019.-_/=: é", min_size=1, max_size=8).filter(lambda text: text.strip())
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KINDS = [FLAG, WHOLE, WORD, LIST, TABLE, NODES, RUNNING, value_types.text()]


@given(st.sampled_from(KINDS), JSON)
def test_any_value_is_taken_or_reported(kind: value_types.ValueType, value: Any) -> None:
    """Never both silent and empty-handed, never an exception; what is taken is taken again."""
    good, reports = checked(kind, value)
    assert all(report.strip() for report in reports)
    if not reports and isinstance(good, bool | int | str):
        assert checked(kind, good) == (good, [])


@given(st.integers(0, 20))
def test_a_whole_number_of_a_variable(number: int) -> None:
    for raw in (str(number), f" {number} ", f"+{number}"):
        assert checked(WHOLE, WHOLE.read(raw)) == (number, [])


@given(st.integers().filter(lambda number: not 0 <= number <= 20))
def test_a_number_outside_is_reported_and_never_printed_without_end(number: int) -> None:
    _, [report] = checked(WHOLE, number)
    assert report.startswith("expected a whole number from 0 to 20, found ")
    assert len(report) < 80


@pytest.mark.parametrize("word", ["true", "1", "yes", "on", "TRUE", " Yes ", "On"])
def test_yes_in_a_variable(word: str) -> None:
    assert checked(FLAG, FLAG.read(word)) == (True, [])


@pytest.mark.parametrize("word", ["false", "0", "no", "off", "FALSE", " No "])
def test_no_in_a_variable(word: str) -> None:
    assert checked(FLAG, FLAG.read(word)) == (False, [])


@given(st.lists(WORDS, max_size=4, unique=True))
def test_a_list_of_a_variable_is_that_of_the_file(words: list[str]) -> None:
    assert checked(LIST, LIST.read(json.dumps(words))) == checked(LIST, words)
    plain = [word.strip() for word in words]
    if len(set(plain)) == len(plain) and plain[:1] != [""] and not any(word.startswith("[") for word in plain):
        assert checked(LIST, LIST.read(" , ".join(words))) == (tuple(plain), [])


@given(st.dictionaries(st.sampled_from(["A", "B", "C_D"]), st.text(alphabet="abc= /:é", max_size=6), max_size=3))
def test_a_table_of_a_variable_is_that_of_the_file(pairs: dict[str, str]) -> None:
    assert checked(TABLE, TABLE.read(json.dumps(pairs))) == checked(TABLE, pairs)
    if pairs and not any("," in value for value in pairs.values()):
        assert TABLE.read(",".join(f"{key}={value}" for key, value in pairs.items())) == pairs


@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(0, 3))
def test_what_is_there_twice_is_reported_at_its_second_place(words: list[str], at: int) -> None:
    unique = list(dict.fromkeys(words))
    again = [*unique, unique[at % len(unique)]]
    good, reports = checked(LIST, again)
    assert reports == [f"{len(unique)} is there twice"]
    assert good == tuple(unique)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "a date or time"),
        (True, "true or false"),
        (1, "a whole number"),
        (1.0, "a number"),
        ("", "text"),
        ([], "a list"),
        ({}, "a table"),
        (dt.time(1, 2), "a date or time"),
    ],
)
def test_types_in_the_words_of_toml(value: object, words: str) -> None:
    assert value_types.found(value) == words


@pytest.mark.parametrize(
    ("value", "problem"),
    [("a", None), ("", "is empty"), ("\t", "is empty"), ("a\x7f", "holds a control character"), ("a\ud800", "UTF-8")],
)
def test_what_no_text_may_hold(value: str, problem: str | None) -> None:
    assert (value_types.plain(value) is None) if problem is None else problem in str(value_types.plain(value))
