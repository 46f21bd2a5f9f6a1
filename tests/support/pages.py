"""Writes the documents that say what the catalogue says: `python -m tests.support.pages`, from the project's root.

docs/codes.md is written whole. Of each page of docs/rules only the head is: its examples are written by hand, and a
new rule's page begins as that head alone. Of docs/rules/README.md the tables are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.errors.catalogue import CHECK, OTHERS, pages_in
from buildtool.errors.pages import Rule, rules_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from buildtool.errors.pages import Page

DOCS = Path(__file__).parents[2] / "docs"
CODES = DOCS / "codes.md"
RULES = DOCS / "rules"
OVERVIEW = RULES / "README.md"
_INTRODUCTION = """\
# Codes

Every code that a command prints but those of `buildtool check`, whose [pages](rules/README.md) have examples.
`buildtool explain CODE` prints the same page; `buildtool explain` lists all codes, those of the rules too.
"""
_TABLE = re.compile(r"(?:^\| .*\n)(?:^\|-.*\n)(?:^\| .*\n)+", re.MULTILINE)
_HEAD = re.compile(r"\A# .*?\nFix: [^\n]*\n", re.DOTALL)


def body(page: Page) -> str:
    """The page of a code below its heading."""
    label = "Severity" if isinstance(page, Rule) else "Result"
    return (
        f"{label}: **{page.outcome}**\n\nWhat it means: {page.meaning}\n\nWhy it matters: {page.reason}\n\n"
        f"Fix: {page.fix}\n"
    )


def codes() -> str:
    """docs/codes.md."""
    return "\n".join([_INTRODUCTION, *(_section(name, module) for name, module in OTHERS.items())])


def _section(name: str, module: ModuleType) -> str:
    return "\n".join([f"## {name}\n", *(f"### {page.code}: {page.title}\n\n{body(page)}" for page in pages_in(module))])


def head(rule: Rule) -> str:
    """The beginning of a rule's page in docs/rules."""
    return f"# {rule.code}: {rule.title}\n\n{body(rule)}"


def table(module: ModuleType) -> str:
    """The table of one family in docs/rules/README.md."""
    return "".join(["| rule | severity | |\n|---|---|---|\n", *map(_row, rules_in(module).values())])


def _row(rule: Rule) -> str:
    mark = " ↔" if rule.cross else ""
    return f"| [{rule.code}]({rule.code}.md){mark} | {rule.severity} | {rule.title} |\n"


def documents() -> Iterator[tuple[Path, str]]:
    """Each document with the text that it should have."""
    yield CODES, codes()
    overview = OVERVIEW.read_text(encoding="utf-8")
    for name, module in CHECK.items():
        before, heading, after = overview.partition(f"\n## {name}\n")
        section, rest, end = after.partition("\n## ")
        overview = f"{before}{heading}{_TABLE.sub(lambda _, m=module: table(m), section, count=1)}{rest}{end}"  # type: ignore[misc]
        for rule in rules_in(module).values():
            path = RULES / f"{rule.code}.md"
            old = path.read_text(encoding="utf-8") if path.exists() else ""
            yield path, head(rule) + _HEAD.sub("", old, count=1)
    yield OVERVIEW, overview


if __name__ == "__main__":
    for path, text in documents():
        path.write_text(text, encoding="utf-8")
