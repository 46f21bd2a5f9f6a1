"""Writes the published forms of the table of keys: python -m tests.config.publish."""

from __future__ import annotations

import json
from pathlib import Path

from buildtool.config.schema_documents import json_schema, reference

ROOT = Path(__file__).parents[2]
SCHEMA_FILE = ROOT / "buildtool.schema.json"
DOCUMENT = ROOT / "docs" / "configuration.md"
BEGIN, END = "<!-- keys: begin (written by python -m tests.config.publish) -->\n", "<!-- keys: end -->\n"


def schema_text() -> str:
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def document_text() -> str:
    """The document as it stands, with the part between the marks written anew."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + reference() + END + rest.partition(END)[2]


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    DOCUMENT.write_text(document_text(), encoding="utf-8")
