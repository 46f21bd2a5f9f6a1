"""Globs over paths of a repository: `*` and `?` stay inside one folder, `**` crosses, a folder means all below it."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)


def matches(path: str, globs: tuple[str, ...]) -> bool:
    """Whether any of the globs takes the path; no globs take everything."""
    return not globs or any(_compiled(glob).fullmatch(path) for glob in globs)


@lru_cache(maxsize=1024)
def _compiled(glob: str) -> re.Pattern[str]:
    body = "".join(_translated(token) for token in _TOKEN.findall(glob.removeprefix("./").rstrip("/")))
    if glob.strip("./") == "":
        body = ".*"
    try:
        return re.compile(f"{body}(?:/.*)?", re.DOTALL)
    except re.error:  # a range like [z-a]: then the characters mean themselves
        return re.compile(f"{re.escape(glob)}(?:/.*)?", re.DOTALL)


def _translated(token: str) -> str:
    plain = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in plain:
        return plain[token]
    if token.startswith("[") and len(token) > 2:  # noqa: PLR2004 -- brackets with something inside
        inverse = token[1] == "!"
        return f"(?!/)[{'^' if inverse else ''}{characters(token[1 + inverse : -1])}]"
    return re.escape(token)


def characters(inside: str) -> str:
    """What stands between a glob's brackets, as it stands between those of a regular expression.

    `a-z` is a range, all else means itself: Python warns of `--`, `&&` and the like, for they may become operators.
    """
    return re.sub(
        r"(.)-(.)|(.)",
        lambda found: re.escape(found[3]) if found[3] else f"{re.escape(found[1])}-{re.escape(found[2])}",
        inside,
        flags=re.DOTALL,
    )
