"""Whether a policy surely takes a tag, for the plain policies that most are; the engine answers every other question.

Only a yes is certain. The patterns looked at are those whose meaning is the same in Go's regular expressions and in
Python's: literals, groups, classes, counted repeats, anchors at both ends, no repeated groups.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildtool.core.yaml.node import Node

_REPEAT = r"(?:\{[0-9]{1,2}(?:,[0-9]{1,2})?\}|\+)?"
_SAFE = re.compile(
    rf"\^(?:[A-Za-z0-9_-]|\\\.|\[(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[a-zA-Z0-9])+\]{_REPEAT}"
    r"|\((?:\?:|\?P<[a-z]+>)|\)|\|)+\$"
)
_EXTRACT = re.compile(r"\$(?:([a-z]+)|\{([a-z]+)\})")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_LONGEST = 200


def surely_takes(spec: Node | None, tag: str) -> bool:
    """`spec` is the ImagePolicy's, as it was read."""
    if spec is None or not _TAG.fullmatch(tag):
        return False
    pattern, extract = spec.string("filterTags", "pattern"), spec.string("filterTags", "extract")
    choice = spec.get("policy")
    name = _EXTRACT.fullmatch(extract)
    if choice is None or name is None or [key.text for key, _ in choice.pairs] != ["numerical"]:
        return False
    if spec.string("policy", "numerical", "order") not in ("", "asc", "desc"):
        return False
    compiled = _compiled(pattern)
    group = name[1] or name[2]
    found = compiled.search(tag) if compiled is not None and group in compiled.groupindex else None
    return found is not None and _NUMBER.fullmatch(found[group] or "") is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    if len(pattern) > _LONGEST or not _SAFE.fullmatch(pattern):
        return None
    try:
        return re.compile(pattern)
    except re.error:
        return None
