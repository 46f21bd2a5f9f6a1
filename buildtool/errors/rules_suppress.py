"""Rules of `check` about the comments that suppress a finding."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

NO_REASON = Rule(
    code="ignore-without-reason",
    title="a suppression without a reason",
    meaning="a comment `# buildtool: ignore[code]` has no text behind the bracket.",
    reason="without a reason nobody can tell later whether the suppression may be removed.",
    fix="write why, behind the bracket: # buildtool: ignore[code] the reason",
)
UNKNOWN = Rule(
    code="ignore-unknown-code",
    title="a suppression of a rule that does not exist",
    meaning="a comment `# buildtool: ignore[code]` names no code, or one that check does not have.",
    reason="the comment suppresses nothing, and its author believes that it does.",
    fix="write the code as `check` prints it",
)
UNUSED = Rule(
    code="ignore-unused",
    severity=Severity.WARNING,
    title="a suppression of a finding that is not there",
    meaning="a comment `# buildtool: ignore[code]` stands where check finds nothing with that code.",
    reason="the comment would hide the next finding that is real.",
    fix="remove it",
)
