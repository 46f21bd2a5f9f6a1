"""The text of a Dockerfile -> its instructions, as BuildKit's parser splits them (frontend/dockerfile/parser).

Comments, continued lines, the `escape` directive and heredocs are taken care of; what an instruction means is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 1 << 20
_DIRECTIVE = re.compile(r"#[ \t]*([a-zA-Z][a-zA-Z0-9]*)[ \t]*=[ \t]*(.+?)[ \t]*")
_HEREDOC = re.compile(r"\d*<<(?P<tabs>-?)(?P<quote>[\"']?)(?P<name>[^\s\"'<>]+)(?P=quote)")
_HEREDOCS_IN = frozenset({"ADD", "COPY", "RUN"})
_FLAG = re.compile(r"--[a-zA-Z][a-zA-Z0-9-]*(?:=\S*)?")


class DockerfileError(ValueError):
    """A text that BuildKit would refuse, or that is not looked at; the message says why."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """`keyword` in capitals, `flags` as they are written (`--from=base`), `rest` what follows them."""

    keyword: str
    flags: tuple[str, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """`syntax` is the image of the directive that names another frontend, "" without one."""

    syntax: str
    instructions: tuple[Instruction, ...]


def parse(text: str) -> Dockerfile:
    """Raises DockerfileError."""
    if len(text) > _LARGEST:
        raise DockerfileError("the Dockerfile is larger than 1 MiB")
    lines = text.removeprefix("\ufeff").splitlines()
    directives = _directives(lines)
    escape = directives.get("escape", "\\")
    if escape not in {"\\", "`"}:
        raise DockerfileError(f"the escape directive is {escape[:20]!r}")
    return Dockerfile(directives.get("syntax", ""), tuple(_instructions(iter(lines), escape)))


def _directives(lines: list[str]) -> dict[str, str]:
    """The lines `# key=value` that the file begins with."""
    found: dict[str, str] = {}
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive is None:
            break
        found.setdefault(directive[1].lower(), directive[2])
    return found


def _instructions(lines: Iterator[str], escape: str) -> Iterator[Instruction]:
    for line in lines:
        whole = _continued(line, lines, escape)
        keyword, _, rest = whole.strip().partition(" ") if " " in whole.strip() else (whole.strip(), "", "")
        if not keyword:
            continue
        keyword, flags, rest = keyword.upper(), *_flags(rest)
        if keyword in _HEREDOCS_IN:
            _skip_heredocs(rest, lines)
        yield Instruction(keyword, flags, rest)


def _continued(line: str, lines: Iterator[str], escape: str) -> str:
    """A line and those that it is continued by, in one; "" for a comment."""
    if line.lstrip().startswith("#"):
        return ""
    parts: list[str] = []
    while True:
        text = line.replace("\t", " ").rstrip()
        if not text.endswith(escape):
            return "".join([*parts, text])
        parts.append(text[:-1])
        for following in lines:
            if following.strip() and not following.lstrip().startswith("#"):
                line = following
                break
        else:
            return "".join(parts)


def _flags(rest: str) -> tuple[tuple[str, ...], str]:
    found = []
    rest = rest.strip()
    while flag := _FLAG.match(rest):
        found.append(flag[0])
        rest = rest[flag.end() :].lstrip()
    return tuple(found), rest


def _skip_heredocs(rest: str, lines: Iterator[str]) -> None:
    """Leave out the texts that the instruction's `<<NAME` words begin."""
    for found in filter(None, map(_HEREDOC.fullmatch, rest.split())):
        for line in lines:
            if (line.lstrip("\t") if found["tabs"] else line) == found["name"]:
                break
        else:
            raise DockerfileError(f"the text that <<{found['name'][:50]} begins has no end")
