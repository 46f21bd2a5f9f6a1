r"""The text of a comment -> the setter that it names, and the scalars of a document that Flux visits.

>>> setter_of('# {"$imagepolicy": "flux-system:web:tag"}')
'flux-system:web:tag'
>>> setter_of('# see {"$imagepolicy": "flux-system:web"}') is None
True
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote

from buildtool.core.flux.marker_name import KEY
from buildtool.core.flux.setters.commented_node import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.setters.commented_node import Node

SUFFIXES = ("tag", "name", "digest")
_PREFIX = "#/definitions/io.k8s.cli.setters."


def setter_of(comment: str) -> str | None:
    """The setter that a comment names, `namespace:name[:suffix]`; None where Flux reads none out of it.

    The whole comment must be one JSON object, and all its values strings.
    """
    body = comment.lstrip("#").strip(" \t\r\n")
    if not body.startswith("{"):
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    strings = all(one is None or isinstance(one, str) for one in value.values())
    name = value.get(KEY) if strings else None
    if name:
        return unquote(str(name))
    ref = value.get("$ref")
    return unquote(ref).removeprefix(_PREFIX) if isinstance(ref, str) and ref.startswith(_PREFIX) else None


def comment_of(node: Node) -> str:
    """The one comment of a scalar that Flux looks at: the one beside it, else the one above."""
    return node.line or node.head


def scalars(node: Node) -> Iterator[Node]:
    """Every scalar value that Flux visits: no keys, no aliases; of keys that repeat, the first each time."""
    if node.kind is Kind.SCALAR:
        yield node
    elif node.kind is Kind.SEQUENCE:
        for child in node.children:
            yield from scalars(child)
    elif node.kind is Kind.MAPPING:
        seen: set[str] = set()
        for key, value in node.pairs():
            if key.value not in seen:
                seen.add(key.value)
                yield from scalars(value)
