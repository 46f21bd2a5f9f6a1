"""`running` of an image: a small table with a URL and the key of its answer that tells a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.config import value_problems
from buildtool.config.settings import Running
from buildtool.config.value_types import ValueType, found, inside, read_json, text
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from buildtool.config.value_types import ReportMistake

_URL = text("a URL", value_problems.url_problem, pattern="^https?://[^/@ ]+([/?#][^ ]*)?$")
_REVISION = text("a key of the answer")
_KEYS = ["url", "revision"]
_EXAMPLE = '{ url = "http://192.168.0.50:3001/api/health", revision = "revision" }'


def _check(value: object, report: ReportMistake) -> Running | None:
    if not isinstance(value, dict):
        report(f"expected a table, for example {_EXAMPLE}, found {found(value)}")
        return None
    for key in value.keys() - set(_KEYS):
        report(f"unknown key{did_you_mean(key, _KEYS)}", key)
    if "url" not in value:
        report(f"has no url, for example {_EXAMPLE}")
        return None
    url = _URL.check(value["url"], inside(report, "url"))
    revision = _REVISION.check(value.get("revision", "revision"), inside(report, "revision"))
    return Running(url, revision) if url and revision else None


def _read(raw: str) -> object:
    """A variable may hold the URL alone."""
    return read_json(raw) if raw.lstrip().startswith("{") else {"url": raw.strip()}


RUNNING = ValueType(
    "a table with a URL",
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["url"],
        "properties": {"url": dict(_URL.schema), "revision": dict(_REVISION.schema)},
    },
    _check,
    _read,
)
