"""What a run of Harbor's retention would do with each artifact."""

from __future__ import annotations

from typing import Any

from buildtool.core.registry import harbor_documents
from buildtool.core.registry.retention import judge


def answer(row: dict[str, Any]) -> dict[str, Any]:
    """`repository`, `now`, `rules` and `artifacts` in, as Harbor writes them; `harbor`: the fate of each digest."""
    artifacts = harbor_documents.artifacts(row["artifacts"])
    return {
        "id": row["id"],
        "harbor": judge(harbor_documents.rules(row["rules"]), row["repository"], artifacts, row["now"]),
    }
