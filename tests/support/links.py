"""Links and headings of Markdown, as GitHub reads them; without a Markdown library."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CODE = re.compile(r"^( *)(```+|~~~+).*?^ *\2[`~]*$|``.+?``|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(\s*([^)\s]+)(?:\s+[\"'][^)]*[\"'])?\s*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_FENCED = re.compile(r"^( *)(```+|~~~+).*?^ *\2[`~]*$", re.MULTILINE | re.DOTALL)


def links(page: str) -> list[str]:
    """The targets of a page's links and pictures, in their order."""
    return [inline or reference for inline, reference in _LINK.findall(_CODE.sub("", page))]


def anchors(page: str) -> set[str]:
    """What `#...` may name: headings in small letters, without punctuation, blanks as `-`; repeated ones numbered."""
    found: set[str] = set()
    for title in re.findall(r"^ {0,3}#{1,6} +(.*?)(?: +#+)? *$", _FENCED.sub("", page), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        number = 0
        while (name := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(name)
    return found


def broken(path: Path) -> list[str]:
    """The links of a page to a file that is not there, or to a heading that it does not have."""
    page = path.read_text(encoding="utf-8")
    return [link for link in links(page) if not re.match(r"[a-z]+:", link) and not _leads(path, page, link)]


def _leads(path: Path, page: str, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    if not target.exists():
        return False
    if not anchor or target.suffix != ".md":
        return True
    return anchor in anchors(target.read_text(encoding="utf-8") if name else page)
