"""The type of the key `builder.registries`: a table `{ http, insecure, mirrors }` for each `host[:port]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.config import value_problems
from buildtool.config.value_types import ValueType, flag, found, inside, read_json, text, texts
from buildtool.core.build.daemon_config import DaemonRegistry
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from buildtool.config.value_types import ReportMistake

_EXAMPLE = '{ "docker.io" = { mirrors = ["192.168.0.40:5000/hub"] } }'
_KEYS: dict[str, ValueType] = {
    "http": flag(),
    "insecure": flag(),
    "mirrors": texts(
        "a list of mirrors", text("a mirror", value_problems.registry_problem), '["192.168.0.40:5000/hub"]'
    ),
}


def _check(value: object, report: ReportMistake) -> dict[str, DaemonRegistry]:
    if not isinstance(value, dict):
        report(f"expected a table of registries, for example {_EXAMPLE}, found {found(value)}")
        return {}
    return {host: one for host, table in value.items() if (one := _registry(host, table, report)) is not None}


def _registry(host: str, table: object, report: ReportMistake) -> DaemonRegistry | None:
    wrong = value_problems.host_problem(host)
    if wrong:
        report(wrong, host)
        return None
    if not isinstance(table, dict):
        report(f"expected a table, for example {{ http = true }}, found {found(table)}", host)
        return None
    for key in table.keys() - _KEYS.keys():
        report(f"unknown key{did_you_mean(key, list(_KEYS))}", host, key)
    return DaemonRegistry(
        **{key: kind.check(table[key], inside(report, host, key)) for key, kind in _KEYS.items() if key in table}
    )


REGISTRIES = ValueType(
    "a table of registries",
    {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: dict(kind.schema) for key, kind in _KEYS.items()},
        },
    },
    _check,
    read_json,
)
