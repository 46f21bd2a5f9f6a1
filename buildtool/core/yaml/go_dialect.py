r"""Where Flux's reader of YAML (go-yaml v3, also kustomize's) and libyaml differ over what is YAML at all.

go-yaml descends from an older libyaml: it takes the escape `\'`, which libyaml refuses, and refuses the escape `\/`,
a comma directly behind a tag and a `?` inside an unquoted text of a flow collection, which libyaml takes.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from buildtool.core.yaml.pyyaml import pyyaml

_SLASH = re.compile(r"(?:[^\\]|\\[^/])*?\\/", re.DOTALL)
_SUSPECT = re.compile(r"""\\/|![^\s,\[\]{}]{0,100},|(?:[:\[{,-]|^)[ \t]*[\[{][^"'\n]{0,200}\?""", re.MULTILINE)
_OPENING = {"FlowSequenceStartToken": "[", "FlowMappingStartToken": "{"}
_CLOSING = frozenset({"FlowSequenceEndToken", "FlowMappingEndToken"})
_REST = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL)  # of a text in double quotes
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_STANDS_FOR_QUOTE = "\a"
_MOST_SCALARS = 20  # each costs a reading of the text
_MOST_READ = 1_000_000  # characters, over all of these readings


class Refused(NamedTuple):
    """What go-yaml does not take, and where."""

    reason: str
    line: int
    column: int


def refused(text: str) -> Refused | None:
    """The first place at which go-yaml stops, of a text that libyaml reads."""
    if _SUSPECT.search(text) is None:
        return None
    yaml = pyyaml()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    flow: list[str] = []
    try:
        while (token := loader.get_token()) is not None:
            kind = type(token).__name__
            reason = token_refused(text, token, flow[-1] if flow else "")
            if reason:
                return Refused(reason, token.start_mark.line + 1, token.start_mark.column + 1)
            flow += _OPENING.get(kind, "")
            if kind in _CLOSING:
                del flow[-1:]
    except yaml.YAMLError:
        pass  # refused by both: the parser says it
    finally:
        loader.dispose()
    return None


def token_refused(text: str, token: Any, flow: str) -> str:
    """Why go-yaml refuses a token of libyaml; "" where it does not. `flow` is the bracket it stands in, or ""."""
    kind, start, end = type(token).__name__, token.start_mark.index, token.end_mark.index
    if kind == "ScalarToken":
        if token.style == '"' and text.find("\\/", start, end) >= 0 and _SLASH.match(text, start + 1, end):
            return "found the escape \\/ in double quotes"
        if token.plain and flow and text.find("?", start + 1, end) >= 0:
            return "found ? inside an unquoted value of a flow collection"
    if kind == "TagToken" and flow and text[end : end + 1] == ",":
        behind = text[end + 1 : end + 2]
        if flow == "{" or (behind and not behind.isspace()):
            return "found a comma directly behind a tag"
    return ""


def mended(error: Any, text: str) -> str:
    r"""The text with `\'`, of which libyaml's `error` complains, in a form it takes; "" for any other error.

    Each place stays where it is; `value` gives back what such a text means.
    """
    found = ""
    for _ in range(min(_MOST_SCALARS, _MOST_READ // (len(text) + 1))):
        mark = getattr(error, "problem_mark", None)
        if mark is None or text[mark.index : mark.index + 2] != "\\'" or "escape" not in str(error.problem):
            return found
        rest = _REST.match(text, mark.index)
        end = rest.end() if rest is not None else len(text)
        inside = _ESCAPE.sub(lambda one: "\\a" if one[0] == "\\'" else one[0], text[mark.index : end])
        found = text = f"{text[: mark.index]}{inside}{text[end:]}"
        error = _error(text)
    return found


def value(text: str) -> str:
    """The value of a scalar of a mended text."""
    return text.replace(_STANDS_FOR_QUOTE, "'")


def _error(text: str) -> Any:
    yaml = pyyaml()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while loader.get_token() is not None:
            pass
    except yaml.YAMLError as error:
        return error
    finally:
        loader.dispose()
    return None
