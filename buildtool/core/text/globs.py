"""Globs over paths of a repository: `*` and `?` stay inside one folder, `**` crosses, a folder means all below it."""

from __future__ import annotations

import re
from functools import lru_cache

_MOST_STARS = 3  # a regular expression with more takes too long on a path that it does not take
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)


def matches(path: str, globs: tuple[str, ...]) -> bool:
    """Whether one of the globs matches the path; True for an empty list."""
    return not globs or any(_takes(glob, path) for glob in globs)


def _takes(glob: str, path: str) -> bool:
    if glob.count("*") > _MOST_STARS:
        return _step_by_step(glob, path)
    return _compiled(glob).fullmatch(path) is not None


def _step_by_step(glob: str, path: str) -> bool:
    """The same result as `_takes`, in linear time: with many stars `re` takes exponential time."""
    ends = {0}
    for sign in _TOKEN.findall(glob.removeprefix("./").rstrip("/")):
        if sign == "**":
            ends = set(range(min(ends), len(path) + 1))
        elif sign == "**/":
            ends |= {at + 1 for at in range(min(ends), len(path)) if path[at] == "/"}
        elif sign == "*":
            ends |= {at for end in ends for at in range(end, _folder_end(path, end) + 1)}
        else:
            one = _character(sign)
            ends = {end + 1 for end in ends if end < len(path) and one.fullmatch(path[end])}
        if not ends:
            return False
    return any(end == len(path) or path[end] == "/" for end in ends)


def _folder_end(path: str, begin: int) -> int:
    slash = path.find("/", begin)
    return len(path) if slash < 0 else slash


@lru_cache(maxsize=1024)
def _character(token: str) -> re.Pattern[str]:
    try:
        return re.compile(_translated(token), re.DOTALL)
    except re.error:  # a range like [z-a] takes nothing
        return re.compile(r"[^\s\S]")


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
    """The inside of a glob's brackets -> the inside of a regular expression's brackets.

    `a-z` is a range, all else means itself: Python warns of `--`, `&&` and the like, for they may become operators.
    """
    return re.sub(
        r"(.)-(.)|(.)",
        lambda found: re.escape(found[3]) if found[3] else f"{re.escape(found[1])}-{re.escape(found[2])}",
        inside,
        flags=re.DOTALL,
    )
