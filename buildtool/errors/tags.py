"""What only the tags of the registry show: said by `policy explain`, `verify` and `doctor`."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

DUPLICATE_EXTRACTS = Rule(
    code="policy-duplicate-extracts",
    severity=Severity.WARNING,
    title="several tags from which the same text is extracted",
    meaning="filterTags.extract gives the same text for two or more tags of the registry.",
    reason="Flux compares the extracted text alone, so it sees only one of these tags: the first in byte order.",
    fix="extract something that differs for each build, and never publish two tags with one timestamp",
)
