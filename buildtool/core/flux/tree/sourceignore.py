"""`.sourceignore`: which files source-controller leaves out of the artifact, so that no cluster ever gets them.

Its form is that of `.gitignore`; a file in a folder is about what is below that folder.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = ".sourceignore"
_MOST_LINES = 100
_MOST_STARS = 6  # of one pattern: one with more takes long to try, and is passed over
_SPECIAL = re.compile(r"[\[&~|]")  # what a set of Python's may mean something else by
_TOKEN = re.compile(r"\A\*\*/|/\*\*/|/\*\*\Z|\*+|\?|\[[^\]/]+\]|\\.|.", re.DOTALL)


def is_one(path: str) -> bool:
    """Whether a file is a `.sourceignore`."""
    return posixpath.basename(path) == NAME


def left_out(paths: Iterable[str], texts: Mapping[str, str]) -> frozenset[str]:
    """The paths that some `.sourceignore` leaves out; `texts` are these files by path."""
    found = frozenset[str]()
    for file, text in texts.items():
        folder = posixpath.dirname(file)
        start = f"{folder}/" if folder else ""
        rules = [rule for line in text.splitlines()[:_MOST_LINES] if (rule := _rule(line)) is not None]
        below = (path for path in paths if path.startswith(start))
        found |= {path for path in below if rules and _is_out(path[len(start) :], rules)}
    return found


def _is_out(path: str, rules: list[tuple[re.Pattern[str], bool]]) -> bool:
    """The last rule that matches decides."""
    return next((out for pattern, out in reversed(rules) if pattern.search(path)), False)


@lru_cache(maxsize=512)
def _rule(line: str) -> tuple[re.Pattern[str], bool] | None:
    text = line.rstrip()
    out = not text.startswith("!")
    text = text if out else text[1:]
    if not text.strip("/") or text.startswith("#"):
        return None
    tokens = _TOKEN.findall(text.strip("/"))
    if sum("*" in token for token in tokens) > _MOST_STARS:
        return None
    folder_only = text.endswith("/")
    anchored = "/" in text.rstrip("/")
    body = _body(tokens)
    try:
        return re.compile(f"{'^' if anchored else '(?:^|/)'}{body}{'/' if folder_only else '(?:/|$)'}"), out
    except re.error:
        return None


def _body(tokens: list[str]) -> str:
    """The tokens as one expression.

    Behind a `*` the first place that fits is enough, but for the last `*`: so there are never more ways to try than a
    name has characters.
    """
    stars = [at for at, token in enumerate(tokens) if token.startswith("*") and not token.endswith("/")]
    if not stars:
        return "".join(map(_piece, tokens))
    body = "".join(map(_piece, tokens[: stars[0]]))
    for at, end in pairwise(stars):
        body += f"(?>[^/]*?{''.join(map(_piece, tokens[at + 1 : end]))})"
    return body + "".join(map(_piece, tokens[stars[-1] :]))


def _piece(token: str) -> str:
    known = {"**/": "(?:[^/]+/)*", "/**/": "/(?:[^/]+/)*", "/**": "/.*", "?": "[^/]"}
    if token in known:
        return known[token]
    if token.startswith("*"):
        return "[^/]*"
    if len(token) > 1 and token[0] == "[":
        start, body = ("[^", token[2:-1]) if token[1] in "!^" else ("[", token[1:-1])
        safe = _SPECIAL.sub(r"\\\g<0>", body)
        return f"{start}{safe}]" if body else re.escape(token)
    return re.escape(token[1:] if len(token) > 1 and token[0] == "\\" else token)
