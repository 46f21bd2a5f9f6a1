"""`registries`: a table for each registry host, with what is not the same for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.config import value_problems
from buildtool.config.settings import RegistrySettings
from buildtool.config.value_types import ValueType, flag, found, inside, read_json, text, texts
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from buildtool.config.value_types import ReportMistake


def _variable_problem(value: str) -> str | None:
    if value.startswith("BUILDTOOL_"):
        return f'"{value}": variables that begin with BUILDTOOL_ are settings: take another name'
    return value_problems.environment_problem(value)


_VARIABLE = text("the name of a variable", _variable_problem, pattern="^[a-zA-Z_][a-zA-Z0-9_]*$")
_KEYS = {
    "insecure": flag(),
    "token_hosts": texts("a list of hosts", text("a host", value_problems.host_problem), '["auth.example.com"]'),
    "username_env": _VARIABLE,
    "password_env": _VARIABLE,
}
_EXAMPLE = '"registry.example:5000" = { insecure = true }'


def _check(value: object, report: ReportMistake) -> dict[str, RegistrySettings]:
    if not isinstance(value, dict):
        report(f"expected a table of registries, for example {_EXAMPLE}, found {found(value)}")
        return {}
    return {host: one for host, table in value.items() if (one := _registry(host, table, inside(report, host)))}


def _registry(host: str, table: object, report: ReportMistake) -> RegistrySettings | None:
    wrong = value_problems.host_problem(host)
    if wrong:
        report(wrong)
        return None
    if not isinstance(table, dict):
        report(f"expected a table, for example {_EXAMPLE}, found {found(table)}")
        return None
    for key in table.keys() - _KEYS.keys():
        report(f"unknown key{did_you_mean(key, _KEYS)}", key)
    if ("username_env" in table) != ("password_env" in table):
        report("username_env and password_env go together: name both, or neither")
    good = {key: kind.check(table[key], inside(report, key)) for key, kind in _KEYS.items() if key in table}
    return RegistrySettings(**good)


REGISTRIES = ValueType(
    "a table of registries",
    {
        "type": "object",
        "propertyNames": {"pattern": "^[^/@]+$"},
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {key: dict(kind.schema) for key, kind in _KEYS.items()},
        },
    },
    _check,
    read_json,
)
