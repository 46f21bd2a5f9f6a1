"""apt's source files: find the archive this Debian uses, and write the same one for another suite.

The address of the archive is taken from the machine, never written in a program: a mirror stays a mirror.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ETC = Path("/etc/apt")
_ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$")
_OPTIONS = {"signed-by": "Signed-By", "trusted": "Trusted"}


@dataclass(frozen=True)
class Archive:
    """One archive as a deb822 stanza: its URIs, and options such as Signed-By, the keys that are trusted."""

    uris: str
    options: Mapping[str, str]

    def stanza(self, suite: str) -> str:
        lines = ["Types: deb", f"URIs: {self.uris}", f"Suites: {suite}", "Components: main"]
        return "\n".join([*lines, *(f"{key}: {value}" for key, value in self.options.items())]) + "\n"


def find(codename: str, files: Iterable[tuple[str, str]]) -> Archive | None:
    """The first archive that serves `codename` with component main; `files` are names and texts of source files."""
    for name, text in files:
        found = _deb822(codename, text) if name.endswith(".sources") else _one_line(codename, text)
        if found:
            return found
    return None


def read() -> list[tuple[str, str]]:
    """The source files as apt reads them: sources.list, then sources.list.d in order."""
    paths = [ETC / "sources.list", *sorted((ETC / "sources.list.d").glob("*"))]
    wanted = [path for path in paths if path.suffix in {".list", ".sources"} and path.is_file()]
    return [(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in wanted]


def _deb822(codename: str, text: str) -> Archive | None:
    for block in re.split(r"\n\s*\n", text):
        fields = _fields(block)
        serves = codename in fields.get("suites", "").split() and "main" in fields.get("components", "").split()
        if serves and "deb" in fields.get("types", "").split() and fields.get("enabled", "yes").lower() != "no":
            return Archive(fields.get("uris", ""), _kept(fields))
    return None


def _fields(block: str) -> dict[str, str]:
    """One stanza, continuation lines joined with newlines (a key may stand inside, as in Signed-By)."""
    fields: dict[str, str] = {}
    key = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace() and key:
            fields[key] += "\n" + line
        elif ":" in line:
            name, _, value = line.partition(":")
            key = name.strip().lower()
            fields[key] = value.strip()
    return fields


def _one_line(codename: str, text: str) -> Archive | None:
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#")[0].strip())
        if match and match["suite"] == codename and "main" in match["components"].split():
            options = dict(part.split("=", 1) for part in (match["options"] or "").split() if "=" in part)
            return Archive(match["uri"], _kept({key.lower(): value for key, value in options.items()}))
    return None


def _kept(fields: Mapping[str, str]) -> dict[str, str]:
    return {_OPTIONS[key]: value for key, value in fields.items() if key in _OPTIONS}
