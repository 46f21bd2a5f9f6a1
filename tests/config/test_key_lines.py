"""Every key that tomllib reads has the line it is written on."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from buildtool.config.key_lines import locate

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYTHING = """\
# a comment = 1
title = "a # b = [c]"
"quoted key" = 'lit#eral'
a.b . "c.d" = 1

[table]   # comment
multi = \"\"\"
fake = 1
[fake]
"quotes\"\"\"\"\"
raw = '''
fake = 2
'''
after = 2024-01-02 03:04:05
array = [
  "one",  # comment ]
  [ 2, 3 ], { deep = 4, "x" = [5] },

  'six',
]
empty = []
none = {}

[ spaced . "na.me" ]
key=1
[[nodes]]
endpoint = "a"
[nodes.inner]
x = 1
[[nodes]]
endpoint = "b"
[[nodes.sub]]
y = 1
[[nodes.sub]]
y = 2
"""


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from paths(one, (*path, key))
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from paths(one, (*path, number))


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


def test_every_key_and_item_has_a_line() -> None:
    found = locate(EVERYTHING)
    missing = [path for path in paths(tomllib.loads(EVERYTHING)) if path not in found]
    assert missing == []
    assert set(found) <= set(paths(tomllib.loads(EVERYTHING)))


def test_lines_are_where_things_stand() -> None:
    found = locate(EVERYTHING)
    expected = {
        ("title",): "title =",
        ("quoted key",): '"quoted key"',
        ("a", "b", "c.d"): "a.b",
        ("table",): "[table]",
        ("table", "multi"): "multi =",
        ("table", "raw"): "raw =",
        ("table", "after"): "after =",
        ("table", "array", 0): '"one"',
        ("table", "array", 1, 1): "[ 2, 3 ]",
        ("table", "array", 2, "deep"): "{ deep",
        ("table", "array", 3): "'six'",
        ("table", "none"): "none =",
        ("spaced", "na.me", "key"): "key=1",
        ("nodes", 0, "endpoint"): 'endpoint = "a"',
        ("nodes", 0, "inner", "x"): "x = 1",
        ("nodes", 1, "endpoint"): 'endpoint = "b"',
        ("nodes", 1, "sub", 1, "y"): "y = 2",
    }
    assert {path: found[path] for path in expected} == {path: line_of(EVERYTHING, at) for path, at in expected.items()}


def test_windows_line_ends_count_once() -> None:
    assert locate("a = 1\r\n\r\nb = 2\r\n")[("b",)] == 3


def test_nesting_without_end_stops_quietly() -> None:
    assert locate("a = 1\nb = " + "[" * 100_000)[("a",)] == 1


@given(st.text(max_size=200))
def test_any_text_ends(text: str) -> None:
    assert all(line >= 1 for line in locate(text).values())


VALUES = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {written(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(written(one) for one in value) + "\n]"
    return json.dumps(value).replace("\x7f", "\\u007f")


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_every_line_of_any_document(document: dict[str, object]) -> None:
    text = "".join(f"{written({key: value})[2:-2]}\n" for key, value in document.items())
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # lone surrogates, which JSON escapes and TOML refuses
        return
    lines, found = text.split("\n"), locate(text)
    assert set(found) == set(paths(read))
    for path, line in found.items():
        if isinstance(path[-1], str):
            assert json.dumps(path[-1]).replace("\x7f", "\\u007f") in lines[line - 1]
