"""The answers of Flux: why it selects no tag, or leaves one out (`error_class`, `near_misses[].kind`; docs/json.md)."""

from __future__ import annotations

from buildtool.errors import rules_policies as rules
from buildtool.errors import tags
from buildtool.errors.pages import FluxAnswer

_LEFT_OUT = "Flux leaves the tag out of the selection."
_WIDEN = "widen the range, or publish a version that it contains"

INVALID_POLICY = FluxAnswer(
    code="invalid_policy",
    title="the policy has no order that Flux can use",
    meaning="spec.policy sets none of semver, alphabetical and numerical, or one with a value that Flux refuses.",
    reason=rules.STALLS,
    fix="set one of semver (with a range), alphabetical or numerical (order asc or desc)",
)
NO_TAGS = FluxAnswer(
    code="no_tags",
    title="there are no tags",
    meaning="Flux has not found a single tag: the repository is empty, or every tag is excluded by exclusionList.",
    reason="Flux selects nothing until the first tag is there.",
    fix="publish an image: buildtool push",
)
INVALID_REGEX = FluxAnswer(
    code="invalid_regex",
    title="the pattern is not a regular expression of Go",
    meaning=rules.INVALID_PATTERN.meaning,
    reason=rules.STALLS,
    fix=rules.INVALID_PATTERN.fix,
)
NO_MATCH = FluxAnswer(
    code="no_match",
    title="no tag matches the pattern",
    meaning="every tag was left out by filterTags.pattern.",
    reason=rules.SELECTS_NOTHING,
    fix="compare the tags with the pattern: buildtool policy explain IMAGE",
)
NOT_NUMERIC = FluxAnswer(
    code="not_numeric",
    title="the extracted text is not a number",
    meaning="the order is numerical, and Flux cannot read the text that is extracted from a tag as a number.",
    reason=rules.NOT_NUMERIC.reason,
    fix=rules.NOT_NUMERIC.fix,
)
NO_SEMVER_MATCH = FluxAnswer(
    code="no_semver_match",
    title="no tag is a version inside the range",
    meaning="no tag that matches the pattern is a version that spec.policy.semver.range contains.",
    reason=rules.SELECTS_NOTHING,
    fix=_WIDEN,
)
PATTERN = FluxAnswer(
    code="pattern",
    title="the tag does not match the pattern",
    meaning="filterTags.pattern does not match the tag; `position` is the first character that differs.",
    reason=_LEFT_OUT,
    fix="build a branch that the pattern matches, or widen filterTags.pattern",
)
NOT_A_VERSION = FluxAnswer(
    code="not_a_version",
    title="the tag is not a semver version",
    meaning="the order is semver, and the extracted text is not of the form MAJOR.MINOR.PATCH.",
    reason=_LEFT_OUT,
    fix="publish tags such as 1.2.3, or extract the version from the tag",
)
PRERELEASE = FluxAnswer(
    code="prerelease",
    title="the version is a prerelease, and the range takes none",
    meaning="a semver range takes prereleases only where the range itself names one.",
    reason=_LEFT_OUT,
    fix="add -0 to the lower bound to take prereleases: '>=1.0.0-0'",
)
OUT_OF_RANGE = FluxAnswer(
    code="out_of_range",
    title="the version is outside the range",
    meaning="spec.policy.semver.range does not contain the version of this tag.",
    reason=_LEFT_OUT,
    fix=_WIDEN,
)
HIDDEN = FluxAnswer(
    code="hidden",
    title="another tag with the same extracted text is used instead",
    meaning="Flux keeps one tag for each extracted text: the first in byte order.",
    reason="Flux never selects the other tags with that text.",
    fix=tags.DUPLICATE_EXTRACTS.fix,
)
POLICY = FluxAnswer(
    code="policy",
    title="the policy itself does not work",
    meaning="Flux cannot use the policy, so it selects no tag at all.",
    reason="no image of this policy is updated.",
    fix="correct the policy: buildtool check names the field",
)
