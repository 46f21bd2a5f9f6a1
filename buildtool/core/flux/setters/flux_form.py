"""Whether a file already has the form in which Flux writes it, and if not, what Flux would change."""

from __future__ import annotations

import re

from buildtool.core.flux.setters import documents
from buildtool.core.flux.setters.emitter import write

_DOCUMENT_MARKERS = re.compile(r"(?m)^(?:---(?:[ \t].*)?|\.\.\.[ \t]*)$")
_SPACES = re.compile(r"[ \t]+")


def flux_form(text: str) -> str | None:
    """The text as Flux would write it with no value changed; None for a file that it never rewrites in place."""
    found, _ = documents.read_cached(text)
    if not found or any(resource.item for resource in found):
        return None
    return write((resource.document, resource.wide) for resource in found)


def is_flux_form(text: str) -> list[str]:
    """What Flux would change in a file apart from the values, one phrase for each sort of change.

    Empty where the file is in the exact form, or where Flux never rewrites it.
    """
    new = flux_form(text)
    return [] if new is None or new == text else _reasons(text, new)


def _reasons(old: str, new: str) -> list[str]:
    found = []
    if "\r\n" in old:
        found.append("Windows line ends (CRLF) become LF")
    if old.startswith("\ufeff"):
        found.append("the byte order mark is dropped")
    plain = documents.with_line_feeds(old).removeprefix("\ufeff")
    if len(_DOCUMENT_MARKERS.findall(plain)) != len(_DOCUMENT_MARKERS.findall(new)):
        found.append("document markers (leading ---, ..., or empty documents) are removed")
    if plain and not plain.endswith("\n"):
        found.append("a line end is added at the end of the file")
    return found + _line_reasons(_DOCUMENT_MARKERS.sub("", plain), _DOCUMENT_MARKERS.sub("", new), already=bool(found))


def _line_reasons(old: str, new: str, *, already: bool) -> list[str]:
    """Compare line by line, forgiving blank lines, then indentation, then spacing."""
    before, after = old.split("\n"), new.split("\n")
    if before == after:
        return []
    found = []
    kept = [line for line in before if line.strip()]
    written = [line for line in after if line.strip()]
    if len(before) - len(kept) > len(after) - len(written) and not (already and kept == written):
        found.append("blank lines are removed")
    elif len(before) - len(kept) < len(after) - len(written):
        found.append("blank lines are added beside comments")
    bare, bare_new = [line.strip() for line in kept], [line.strip() for line in written]
    if kept != written and bare == bare_new:
        indents = [(_indent(a), _indent(b)) for a, b in zip(kept, written, strict=True)]
        found.append("lines are indented anew" if any(a != b for a, b in indents) else "trailing spaces are removed")
    elif bare != bare_new:
        spaced, spaced_new = ([_SPACES.sub(" ", line) for line in lines] for lines in (bare, bare_new))
        if spaced == spaced_new:
            found.append("runs of spaces, as before comments, become one")
        else:
            found.append(_layout(old, spaced, spaced_new))
    return found or ([] if already else ["blank lines are moved"])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _layout(old: str, before: list[str], after: list[str]) -> str:
    """Name the first line that is not just indented or spaced differently."""
    differing = next((a for a, b in zip(before, after, strict=False) if a != b), before[-1] if before else "")
    for number, line in enumerate(old.split("\n"), start=1):
        if _SPACES.sub(" ", line.strip()) == differing:
            return f"quotes, comments or the layout of collections change, first in line {number}"
    return "quotes, comments or the layout of collections change"
