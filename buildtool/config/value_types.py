"""What a value may be: how it is checked, how it is read from an environment variable, and how a schema says it.

A check returns the value in the form that `Config` holds, and reports what is wrong with it: a text, and the index or
key inside the value where there is one. It never repeats a value that may hold credentials.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ReportMistake(Protocol):
    def __call__(self, text: str, *inside: str | int) -> None: ...


@dataclass(frozen=True, slots=True)
class ValueType:
    """`name` is for people, `schema` for editors; `read` turns the text of a variable into what a file would hold."""

    name: str
    schema: Mapping[str, Any]
    check: Callable[[object, ReportMistake], Any]
    read: Callable[[str], object] = str


def inside(report: ReportMistake, *at: str | int) -> ReportMistake:
    """A report about a part of the value."""

    def deeper(text: str, *more: str | int) -> None:
        report(text, *at, *more)

    return deeper


def found(value: object) -> str:
    """The type of a wrong value in TOML's words; not the value, which may be long or secret."""
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, dict) else "a date or time")


def text(name: str = "text", problem: Callable[[str], str | None] = lambda _: None, **schema: Any) -> ValueType:
    """Text that is not empty and has no control characters; `problem` says what else is wrong with it, if anything."""

    def check(value: object, report: ReportMistake) -> str | None:
        if not isinstance(value, str):
            hint = f': write "{value}"' if type(value) in {int, float} and _printable(value) else ""
            report(f"expected {name} in quotes, found {found(value)}{hint}")
            return None
        wrong = plain(value) or problem(value)
        if wrong:
            report(wrong)
            return None
        return value

    return ValueType(name, {"type": "string", "minLength": 1, **schema}, check)


def lines() -> ValueType:
    """Text that is taken as it is, byte for byte: it may be empty, and have several lines."""

    def check(value: object, report: ReportMistake) -> str | None:
        if not isinstance(value, str):
            return text().check(value, report)  # type: ignore[no-any-return]
        wrong = "holds a zero byte" if "\0" in value else _no_text(value)
        if wrong:
            report(wrong)
            return None
        return value

    return ValueType("text", {"type": "string"}, check)


def _printable(value: object) -> bool:
    """Python refuses to print a number of thousands of digits, which 0x… can be."""
    return isinstance(value, int | float) and abs(value) < 10**15


def plain(value: str) -> str | None:
    if not value.strip():
        return "is empty"
    if re.search(r"[\x00-\x1f\x7f]", value):
        return "holds a control character"
    return _no_text(value)


def _no_text(value: str) -> str | None:
    return "is not UTF-8 text" if re.search(r"[\ud800-\udfff]", value) else None


def flag() -> ValueType:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}

    def check(value: object, report: ReportMistake) -> bool:
        if not isinstance(value, bool):
            quoted = ": write it without quotes" if isinstance(value, str) and value.lower() in words else ""
            report(f"expected true or false, found {found(value)}{quoted}")
        return value is True

    return ValueType("true or false", {"type": "boolean"}, check, lambda raw: words.get(raw.strip().lower(), raw))


def whole(lowest: int, highest: int) -> ValueType:
    name = f"a whole number from {lowest} to {highest}"

    def check(value: object, report: ReportMistake) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            report(f"expected {name}, found {found(value)}")
            return lowest
        if not lowest <= value <= highest:
            shown = str(value) if _printable(value) else "one far outside"
            report(f"expected {name}, found {shown}")
        return value

    def read(raw: str) -> object:
        return int(raw) if re.fullmatch(r"[+-]?[0-9]{1,18}", raw.strip()) else raw

    return ValueType(name, {"type": "integer", "minimum": lowest, "maximum": highest}, check, read)


def choice(*words: str) -> ValueType:
    def problem(value: str) -> str | None:
        return None if value in words else f'"{value}" is none of {", ".join(words)}'

    return text("one of " + ", ".join(words), problem, enum=list(words))


def texts(name: str, item: ValueType, example: str, make: Callable[[str], Any] = str, *, least: int = 0) -> ValueType:
    """A list of text; each item is checked as `item` and then made into what the model holds."""

    def check(value: object, report: ReportMistake) -> tuple[Any, ...]:
        if not isinstance(value, list):
            report(f"expected {name}, for example {example}, found {found(value)}")
            return ()
        if len(value) < least:
            report(f"is empty: write {name}, for example {example}")
        good: dict[Any, None] = {}
        for number, one in enumerate(value):
            checked = item.check(one, inside(report, number))
            if checked is not None and make(checked) in good:
                report("is there twice", number)
            elif checked is not None:
                good[make(checked)] = None
        return tuple(good)

    schema = {
        "type": "array",
        "items": dict(item.schema),
        "uniqueItems": True,
        **({"minItems": least} if least else {}),
    }
    return ValueType(name, schema, check, _read_list)


def _read_list(raw: str) -> object:
    if raw.lstrip().startswith("["):
        return read_json(raw)
    return [part.strip() for part in raw.split(",") if part.strip()]


def mapping(
    name: str, example: str, problem: Callable[[str], str | None] = lambda _: None, item: ValueType | None = None
) -> ValueType:
    """A table of text; `problem` judges each key, `item` each value that is not empty."""
    item = item or text()

    def check(value: object, report: ReportMistake) -> dict[str, str]:
        if not isinstance(value, dict):
            report(f"expected {name}, for example {example}, found {found(value)}")
            return {}
        for key, one in value.items():
            if problem(key):
                report(str(problem(key)), key)
            if one != "":  # an empty label is a value like any other
                item.check(one, inside(report, key))
        return dict(value)

    return ValueType(name, {"type": "object", "additionalProperties": {"type": "string"}}, check, read_mapping)


def read_mapping(raw: str) -> object:
    if raw.lstrip().startswith("{"):
        return read_json(raw)
    pairs = [part.partition("=") for part in raw.split(",") if part.strip()]
    return {key.strip(): value for key, equals, value in pairs} if all(p[1] for p in pairs) else raw


def read_json(raw: str) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw  # the check then says what was expected
