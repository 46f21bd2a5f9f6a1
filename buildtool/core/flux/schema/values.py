"""What is known of a YAML value before Flux substitutes variables and decrypts secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.yaml.node import Shape

if TYPE_CHECKING:
    from buildtool.core.yaml.node import Node

# Variables of Flux (${…}) and kustomize ($(…)), templates of other tools, and what SOPS encrypted.
_REPLACED = ("${", "$(", "{{", "{%", "ENC[", "<%")
# What YAML 1.1 readers take for a boolean, and YAML 1.2 readers for text.
_DOUBTFUL = frozenset({"y", "n", "yes", "no", "on", "off"})
_KINDS = {"str": "string", "bool": "boolean", "int": "integer", "float": "number", "map": "object", "seq": "array"}


def is_unknown(node: Node) -> bool:
    """Whether the value may be another one when the API server sees it."""
    if node.shape is Shape.SCALAR:
        if any(mark in node.text for mark in _REPLACED):
            return True
        doubtful = not node.style and not node.tag and node.text.lower() in _DOUBTFUL
        return doubtful or (node.kind not in _KINDS and node.kind != "null")
    return node.shape is Shape.MAP and any(key.shape is not Shape.SCALAR for key, _ in node.pairs)


def is_open(node: Node) -> bool:
    """Whether a map may have more keys than it shows: a merge key, or a key that is a variable."""
    return any(key.text == "<<" or is_unknown(key) for key, _ in node.pairs)


def json_type(node: Node) -> str:
    """The type that JSON gives the value: string, boolean, integer, number, object, array or null."""
    return _KINDS.get(node.kind, "null")


def shown(node: Node) -> str:
    """The value as the API server quotes it: `"1d"`, `60`."""
    text = node.text if len(node.text) <= _LONGEST else f"{node.text[:_LONGEST]}…"
    return f'"{text}"' if node.kind == "str" else text


_LONGEST = 80
