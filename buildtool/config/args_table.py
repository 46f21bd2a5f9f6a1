"""`args` of an image: texts as they are, or `{ env = "NAME" }` for the value of an environment variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.config import value_problems
from buildtool.config.settings import FromEnvironment
from buildtool.config.value_types import ValueType, found, inside, lines, read_mapping, text
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.config.value_types import ReportMistake

_VALUE = lines()
_VARIABLE = text("a variable", value_problems.environment_problem, pattern="^[A-Za-z_][A-Za-z0-9_]*$")
_KEYS = ["env", "default"]
_EXAMPLE = '{ VERSION = "1", TOKEN_KIND = { env = "TOKEN_KIND" } }'
_VARIABLE_EXAMPLE = '{ env = "NAME" }'


def _check(value: object, report: ReportMistake) -> dict[str, str | FromEnvironment]:
    if not isinstance(value, dict):
        report(f"expected a table of build arguments, for example {_EXAMPLE}, found {found(value)}")
        return {}
    for name in value:
        if value_problems.variable_problem(name):
            report(str(value_problems.variable_problem(name)), name)
    return {name: _argument(one, inside(report, name)) for name, one in value.items()}


def _argument(value: object, report: ReportMistake) -> str | FromEnvironment:
    if not isinstance(value, dict):
        return _VALUE.check(value, report) or ""
    for key in value.keys() - set(_KEYS):
        report(f"unknown key{did_you_mean(key, _KEYS)}", key)
    if "env" not in value:
        report(f"names no variable, for example {_VARIABLE_EXAMPLE}")
    variable = _VARIABLE.check(value.get("env", "NAME"), inside(report, "env"))
    default = _VALUE.check(value["default"], inside(report, "default")) if "default" in value else None
    return FromEnvironment(variable or "", default)


def resolved(args: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """The fields of an `ImageConfig`: the texts of the file, and what the environment says now."""
    told = {name: one.told(environ) for name, one in args.items() if isinstance(one, FromEnvironment)}
    return {"args": {name: one for name, one in args.items() if name not in told}, "environment_args": told}


ARGS = ValueType(
    "a table of build arguments",
    {
        "type": "object",
        "additionalProperties": {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["env"],
                    "properties": {"env": dict(_VARIABLE.schema), "default": {"type": "string"}},
                },
            ]
        },
    },
    _check,
    read_mapping,
)
