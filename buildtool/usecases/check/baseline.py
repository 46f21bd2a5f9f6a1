"""The baseline of a large old tree: a document of the findings that are known and not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from buildtool.errors import BASELINE_INVALID, BuildtoolError
from buildtool.usecases.check.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "buildtool.baseline/v1"
_MOST = 100_000  # findings


def as_document(identities: Iterable[Identity]) -> dict[str, Any]:
    """Sorted, without line numbers: the same findings give the same document wherever they stand in their files."""
    return {"schema": SCHEMA, "findings": [one._asdict() for one in sorted(identities)]}


def from_document(document: Any, name: str) -> list[Identity]:
    """What `as_document` made; raises baseline-invalid, which names the file by `name`."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise BuildtoolError(BASELINE_INVALID, f'{name} has no "schema": "{SCHEMA}"')
    findings = document.get("findings")
    if not isinstance(findings, list) or len(findings) > _MOST:
        raise BuildtoolError(BASELINE_INVALID, f"{name}: findings is not a list of at most {_MOST:,}")
    return [_identity(entry, f"{name}: findings[{number}]") for number, entry in enumerate(findings)]


def _identity(entry: Any, where: str) -> Identity:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in Identity._fields):
        raise BuildtoolError(BASELINE_INVALID, f"{where} does not hold the texts {', '.join(Identity._fields)}")
    return Identity(**{name: entry[name] for name in Identity._fields})
