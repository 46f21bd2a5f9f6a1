"""Rules of `check` and `doctor` about what an ImagePolicy selects."""

from __future__ import annotations

from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

STALLS = "Flux stalls the policy, and the automation goes on writing the image that it selected before."
SELECTS_NOTHING = "Flux selects nothing and keeps the image that it selected before."
_FOR_ONE_BRANCH = (
    "write the branch literally, one commit hash and one time: ^main-[a-f0-9]{7,40}-(?P<ts>[0-9]{10})$ with extract $ts"
)

INVALID_PATTERN = Rule(
    code="policy-invalid-pattern",
    title="a pattern that Flux's regular expressions refuse",
    meaning="filterTags.pattern uses what RE2 does not have, or is no regular expression at all.",
    reason=STALLS,
    fix="write the pattern in RE2: no lookaround, no backreference",
)
SEVERAL_CHOICES = Rule(
    code="policy-several-choices",
    title="a policy with more than one order",
    meaning="spec.policy sets more than one of semver, alphabetical and numerical.",
    reason="Flux takes the first of semver, alphabetical, numerical and ignores the others without an error.",
    fix="delete all but one",
)
EXTRACT_MISSING = Rule(
    code="policy-extract-missing",
    title="a pattern with a group, but no extract",
    meaning="filterTags.pattern has a group, and filterTags.extract is empty.",
    reason="without extract Flux compares whole tags, which are no numbers and do not sort by time.",
    fix="add extract: '$ts', or write the group as (?:…)",
)
EXTRACT_UNKNOWN_GROUP = Rule(
    code="policy-extract-unknown-group",
    title="an extract that names a group the pattern does not have",
    meaning="filterTags.extract refers to a group name that is not in filterTags.pattern.",
    reason=(
        "Flux reads an unknown group as empty text, without an error; a name ends at the first character that is "
        "no letter, digit or _."
    ),
    fix="name an existing group, in braces where text follows: '${ts}'",
)
EXTRACT_CONSTANT = Rule(
    code="policy-extract-constant",
    title="an extract that is the same for every tag",
    meaning="filterTags.extract refers to no group of the pattern.",
    reason="every tag gives the same text, and Flux keeps only one tag for each text: the first in byte order.",
    fix="refer to a group: '$ts'",
)
NOT_ANCHORED = Rule(
    code="policy-not-anchored",
    title="a pattern without anchors",
    meaning="filterTags.pattern lacks the ^ at its beginning or the $ at its end.",
    reason="Flux searches the pattern anywhere in the tag, so it also takes tags that only contain what it describes.",
    fix="begin the pattern with ^ and end it with $, around the whole alternation: ^(?:a|b)$",
    severity=Severity.WARNING,
)
TAKES_DIRTY = Rule(
    code="policy-takes-dirty",
    title="a pattern that selects builds with uncommitted changes",
    meaning="filterTags.pattern matches tags such as main-abc1234-dirty-1700000000.",
    reason="`push --allow-dirty` marks such builds so that they are never deployed; this pattern deploys them.",
    fix=_FOR_ONE_BRANCH,
)
TAKES_OTHER_BRANCH = Rule(
    code="policy-takes-other-branch",
    title="a pattern that selects the builds of another branch",
    meaning="filterTags.pattern matches tags of branches that it does not name.",
    reason="the newest build is deployed, whatever its branch: a push to that other branch deploys it.",
    fix=_FOR_ONE_BRANCH,
)
NOT_NUMERIC = Rule(
    code="policy-not-numeric",
    title="a numerical policy over text that is not a number",
    meaning=(
        "the order is numerical, and from some tags that the pattern matches a text is extracted that is not a number."
    ),
    reason="a single tag whose text is not a number makes Flux select nothing at all.",
    fix="extract digits only: (?P<ts>[0-9]{10}) with extract: '$ts'",
)
NUMBER_TOO_LARGE = Rule(
    code="policy-number-too-large",
    title="numbers above 2^53",
    meaning="the order is numerical, and the extracted numbers have more than 15 digits.",
    reason="Flux compares float64: above 2^53 different numbers are equal, and its choice between them is random.",
    fix="use unix seconds (10 digits)",
)
ALPHABETICAL_NUMBERS = Rule(
    code="policy-alphabetical-numbers",
    title="numbers of different length in alphabetical order",
    meaning="the order is alphabetical, and the extracted texts are numbers with different counts of digits.",
    reason='as text "9" comes after "10": the newest build stops winning when the number of digits changes.',
    fix="write numerical: {order: asc}",
    severity=Severity.WARNING,
)
RANGE_NEVER = Rule(
    code="policy-range-never",
    title="a semver range that contains no version",
    meaning="the terms of the range contradict each other.",
    reason=SELECTS_NOTHING,
    fix="write a range that a version can satisfy: '>=1.0.0 <2.0.0'",
)
PRERELEASES_EXCLUDED = Rule(
    code="policy-prereleases-excluded",
    severity=Severity.WARNING,
    title="a semver range that leaves out prereleases",
    meaning="tags with a prerelease (1.2.0-rc.1) match the pattern, and the range names no prerelease.",
    reason="Flux takes prereleases only where the range itself names one.",
    fix="add -0 to the lower bound to take them: '>=1.0.0-0'; or keep them out with the pattern",
)
EXCLUDED = Rule(
    code="policy-all-excluded",
    title="an exclusionList hides all that a policy takes",
    meaning="spec.exclusionList of the ImageRepository matches every tag that filterTags.pattern can take.",
    reason="the tags are never stored, so the policy finds none (`version list argument cannot be empty`).",
    fix="narrow spec.exclusionList of the ImageRepository, or spec.filterTags.pattern of the policy",
    cross=True,
)
DESCENDING = Rule(
    code="policy-descending",
    title="order desc over numbers that grow",
    meaning="the policy has order desc, and what it compares are numbers.",
    reason="times and build numbers grow: the smallest is the oldest image, and a new one is never selected.",
    fix="write order: asc, unless the oldest image is really meant",
    severity=Severity.WARNING,
)
HASHES = Rule(
    code="policy-alphabetical-hashes",
    title="commit hashes in alphabetical order",
    meaning="the text that decides in the alphabetical order is any mixture of letters and digits.",
    reason="a commit hash says nothing about time: which build wins is chance.",
    fix="put a time or a growing number into the tag, extract it, and write numerical: {order: asc}",
    severity=Severity.WARNING,
)
UNFILTERED = Rule(
    code="policy-alphabetical-unfiltered",
    title="alphabetical order without filterTags",
    meaning="every tag of the repository takes part in an alphabetical order.",
    reason="any word comes after any digit: a tag such as latest or test wins over every version.",
    fix="add filterTags with a pattern that takes only the tags meant, or use semver",
    severity=Severity.WARNING,
)
GLUED = Rule(
    code="policy-glued-numbers",
    title="an extract that glues numbers of varying width together",
    meaning="filterTags.extract puts a group behind another one, and the group has no fixed number of digits.",
    reason="20240131-10 gives 2024013110, which is more than 202402019 of the day after.",
    fix="give each group behind the first a fixed number of digits in the tag: (?P<build>[0-9]{3})",
    severity=Severity.WARNING,
)
