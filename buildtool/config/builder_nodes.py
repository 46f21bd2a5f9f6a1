"""The type of the key `builder.nodes`: a list of tables `{ endpoint, platforms, options, cacert, cert, key }`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.config import value_problems
from buildtool.config.endpoints import endpoint_problem
from buildtool.config.settings import BuilderNode
from buildtool.config.value_types import ValueType, found, inside, mapping, read_json, text, texts
from buildtool.core.image.names import Platform
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from buildtool.config.value_types import ReportMistake

_EXAMPLE = '[{ endpoint = "ssh://pi@192.168.0.41", platforms = ["linux/arm64"] }]'
OPTIONS = mapping("a table of driver options", '{ image = "moby/buildkit:v0.25.0" }', value_problems.option_problem)
_FILES = ("cacert", "cert", "key")
_KEYS: dict[str, ValueType] = {
    "endpoint": text("an endpoint", endpoint_problem),
    "platforms": texts(
        "a list of platforms", text("a platform", value_problems.platform_problem), '["linux/arm64"]', Platform.parse
    ),
    "options": OPTIONS,
    **dict.fromkeys(_FILES, text("a path", value_problems.file_problem)),
}


def _check(value: object, report: ReportMistake) -> tuple[BuilderNode, ...]:
    if not isinstance(value, list):
        report(f"expected a list of nodes, for example {_EXAMPLE}, found {found(value)}")
        return ()
    return tuple(node for number, one in enumerate(value) if (node := _node(one, number, report)))


def _node(value: object, number: int, report: ReportMistake) -> BuilderNode | None:
    if not isinstance(value, dict):
        report(f"expected a node, for example {_EXAMPLE[1:-1]}, found {found(value)}", number)
        return None
    if not value:
        report("has no endpoint: a docker context or an address", number)
    for key in value.keys() - _KEYS.keys():
        report(f"unknown key{did_you_mean(key, list(_KEYS))}", number, key)
    good = {key: kind.check(value[key], inside(report, number, key)) for key, kind in _KEYS.items() if key in value}
    return BuilderNode(**{key: one for key, one in good.items() if one is not None})


NODES = ValueType(
    "a list of nodes",
    {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "properties": {key: dict(kind.schema) for key, kind in _KEYS.items()},
        },
    },
    _check,
    read_json,
)
