"""The type of the key `builder.nodes`: a list of tables `{ endpoint, platforms }`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.config import value_problems
from buildtool.config.settings import BuilderNode
from buildtool.config.value_types import ValueType, found, inside, read_json, text, texts
from buildtool.core.image.names import Platform
from buildtool.core.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from buildtool.config.value_types import ReportMistake

_ENDPOINT = text("an endpoint")
_PLATFORMS = texts(
    "a list of platforms", text("a platform", value_problems.platform_problem), '["linux/arm64"]', Platform.parse
)
_EXAMPLE = '[{ endpoint = "ssh://pi@192.168.0.41", platforms = ["linux/arm64"] }]'


def _check(value: object, report: ReportMistake) -> tuple[BuilderNode, ...]:
    if not isinstance(value, list):
        report(f"expected a list of nodes, for example {_EXAMPLE}, found {found(value)}")
        return ()
    return tuple(node for number, one in enumerate(value) if (node := _node(one, number, report)))


def _node(value: object, number: int, report: ReportMistake) -> BuilderNode | None:
    if not isinstance(value, dict):
        report(f"expected a node, for example {_EXAMPLE[1:-1]}, found {found(value)}", number)
        return None
    for key in value.keys() - {"endpoint", "platforms"}:
        report(f"unknown key{did_you_mean(key, ['endpoint', 'platforms'])}", number, key)
    if "endpoint" not in value:
        report("has no endpoint: a docker context or an address", number)
    endpoint = _ENDPOINT.check(value.get("endpoint", "-"), inside(report, number, "endpoint"))
    platforms = _PLATFORMS.check(value.get("platforms", []), inside(report, number, "platforms"))
    return BuilderNode(endpoint, platforms) if endpoint else None


NODES = ValueType(
    "a list of nodes",
    {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["endpoint"],
            "properties": {"endpoint": dict(_ENDPOINT.schema), "platforms": dict(_PLATFORMS.schema)},
        },
    },
    _check,
    read_json,
)
