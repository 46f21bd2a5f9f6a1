"""Cases out of seeds: bytes changed at random, JSON changed value by value. The same numbers give the same case."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fuzz.target import Target

LONGEST = 200_000
_MOST_CHANGES = 4
_BY_VALUE = 0.7  # of the cases made of JSON
_WORDS = (
    *(bytes([code]) for code in (0, 7, 8, 9, 10, 13, 27, 32, 34, 39, 92, 127, 155, 255)),
    *(b"\r\n", b"\xc2\x9b", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xef\xbf\xbd", b"\xf0\x9f\x98\x80", b"\xff\xfe"),
    *(b"//", b"../", b"/./", b"\\", b"%00", b"%s", b"${x}", b"`", b"|", b"<", b">", b"::", b"##[", b"{{", b"}}"),
    *(b"[", b"]", b"{", b"}", b"(", b")", b"*", b"**", b"?", b"+", b",", b";", b":", b"=", b"@", b"#", b"-", b"."),
    *(b"0", b"-1", b"1e999", b"9" * 20, b"9" * 5000, b"0x", b"NaN", b"null", b"true", b"[]", b"{}", b'""'),
)
_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**400, 1.5, -0.0, 1e308),
    *("", " ", "x", "\x00", "\x1b[31m", "\ud800", "\u202e", "::error::x", "../..", "/", "//", "9" * 5000, "x" * 20_000),
    *([], [None], [[]], {}, {"": None}, {"a": {"b": []}}, [0] * 500, {str(number): number for number in range(300)}),
    *(
        "http://[",
        "https://x:99999/",
        "sha256:",
        "sha256:" + "0" * 64,
        "linux/amd64",
        "a/b/c/d",
        "0001-01-01T00:00:00Z",
    ),
)


def case(target: Target, seed: int, number: int) -> bytes:
    """Case `number` of a run; the first ones are the seeds themselves."""
    if number < len(target.seeds):
        return target.seeds[number]
    source = random.Random(f"{seed}/{target.name}/{number}")  # noqa: S311 -- to be repeatable, not secret
    data = source.choice(target.seeds)
    changed = _values_changed(source, data) if source.random() < _BY_VALUE else data
    least, most = (1, _MOST_CHANGES) if changed == data else (0, source.choice((0, 0, 1)))
    data = changed
    for _ in range(source.randint(least, most)):
        data = source.choice(_CHANGES)(source, data, target)[:LONGEST]
    return data


def _values_changed(source: random.Random, data: bytes) -> bytes:
    """A JSON document with one value replaced, removed or doubled; other data as it is."""
    begin = max(data.rfind(b"\n\n"), data.rfind(b"\n====\n")) + 1  # an answer of HTTP: its last body
    try:
        document = json.loads(data[begin:])
    except (ValueError, RecursionError):
        return data
    holder = {"": document}
    for _ in range(source.randint(1, 3)):
        parent, key = source.choice(_places(holder))
        _change(source, parent, key)
    return data[:begin] + b"\n" * bool(begin) + json.dumps(holder.get("")).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document: the list or object it is in, and its number or name."""
    found, waiting = [], [value]
    while waiting:
        parent = waiting.pop()
        keys: Sequence[Any] = list(parent) if isinstance(parent, dict) else range(len(parent))
        found += [(parent, key) for key in keys]
        waiting += [parent[key] for key in keys if isinstance(parent[key], (dict, list))]
    return found or [({"": None}, "")]


def _change(source: random.Random, parent: Any, key: Any) -> None:
    try:
        kind = source.randrange(6)
        if kind == 0 and key != "":
            del parent[key]
        elif kind == 1 and isinstance(parent, list):
            parent.extend([parent[key]] * source.choice((1, 10, 500)))
        elif kind == 2 and isinstance(parent[key], str):  # noqa: PLR2004
            parent[key] += str(source.choice(_ODD))[:30_000]
        elif kind == 3:  # noqa: PLR2004
            parent[key] = [parent[key]]
        else:
            parent[key] = copy.deepcopy(source.choice(_ODD))
    except (KeyError, IndexError):  # an earlier change took it away
        return


def _at(source: random.Random, data: bytes) -> int:
    return source.randint(0, len(data))


def _flip(source: random.Random, data: bytes, _: Target) -> bytes:
    at = _at(source, data)
    return data[:at] + bytes([source.randrange(256)]) + data[at + 1 :]


def _drop(source: random.Random, data: bytes, _: Target) -> bytes:
    begin, end = sorted((_at(source, data), _at(source, data)))
    return data[:begin] + data[end:]


def _insert(source: random.Random, data: bytes, target: Target) -> bytes:
    at = _at(source, data)
    return data[:at] + source.choice((*_WORDS, *target.words)) + data[at:]


def _repeat(source: random.Random, data: bytes, target: Target) -> bytes:
    """A short piece many times: what backtracks or copies shows here."""
    at = _at(source, data)
    piece = source.choice((data[at : at + source.randint(1, 20)], source.choice((*_WORDS, *target.words))))
    return data[:at] + piece * source.choice((2, 50, 1000, 20_000)) + data[at:]


def _splice(source: random.Random, data: bytes, target: Target) -> bytes:
    other = source.choice(target.seeds)
    return data[: _at(source, data)] + other[_at(source, other) :]


def _noise(source: random.Random, data: bytes, _: Target) -> bytes:
    at = _at(source, data)
    return data[:at] + source.randbytes(source.choice((1, 8, 200))) + data[at:]


def _nest(source: random.Random, data: bytes, _: Target) -> bytes:
    opening, closing = source.choice(((b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b'{"a":', b"}")))
    depth = source.choice((5, 200, 5000, 50_000))
    return opening * depth + data + closing * source.choice((0, depth))


_CHANGES: tuple[Callable[[random.Random, bytes, Target], bytes], ...] = (
    _flip,
    _flip,
    _drop,
    _insert,
    _insert,
    _repeat,
    _splice,
    _noise,
    _nest,
)
