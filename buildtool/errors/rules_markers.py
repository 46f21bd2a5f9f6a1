"""Rules of `check` about setter markers."""

from __future__ import annotations

from buildtool.errors import command
from buildtool.errors.findings import Severity
from buildtool.errors.pages import Rule

_NEVER_UPDATED = "Flux says nothing: the value is simply never updated."

MALFORMED = Rule(
    code="marker-malformed",
    title="a comment that looks like a setter marker and is not one",
    meaning="the comment holds `$imagepolicy`, but is not exactly the JSON object that Flux reads.",
    reason=_NEVER_UPDATED,
    fix='write exactly  # {"$imagepolicy": "namespace:name"}  or with :tag, :name or :digest, and nothing else',
)
MISPLACED = Rule(
    code="marker-misplaced",
    title="a setter marker at a place that Flux does not read",
    meaning="Flux reads a marker only behind a value, on the same line.",
    reason=_NEVER_UPDATED,
    fix="put it behind the value, on the same line",
)
EMPTY = Rule(
    code="marker-empty-value",
    title="a setter marker without a value",
    meaning="the key before the marker has no value, and Flux replaces only a value that is there.",
    reason=_NEVER_UPDATED,
    fix='write any quoted value before the marker: image: "x"',
)
FILE = Rule(
    code="marker-unread-file",
    title="a setter marker in a file that Flux skips",
    meaning="the file has a name that Flux does not read, or its text is not a list of YAML mappings.",
    reason="Flux reads only *.yaml, *.yml and Kustomization, and skips a file that it cannot read without an error.",
    fix="move the value into a YAML file whose documents are maps",
)
OUTSIDE = Rule(
    code="marker-outside-path",
    cross=True,
    title="a setter marker outside every automation's path",
    meaning="no ImageUpdateAutomation has an update.path that contains this file.",
    reason=_NEVER_UPDATED,
    fix="move the file below update.path, or widen the path",
)
LIST = Rule(
    code="marker-in-list",
    title="a setter marker inside a List",
    meaning="the object with the marker is an item of a `kind: List`.",
    reason="Flux writes each item of the List into a new file of its own instead of updating this one.",
    fix="write the items as documents of their own, with --- between them",
)
RUN_FAILS = Rule(
    code="marker-run-fails",
    title="an annotation that stops the whole automation run",
    meaning="a file with setters has the annotation internal.config.kubernetes.io/path, which Flux uses itself.",
    reason=(
        "Flux ends the run with `mismatched legacy and internal path annotations`: no file of any policy is updated."
    ),
    fix="remove the annotation",
)
UNKNOWN = Rule(
    code="marker-unknown-policy",
    cross=True,
    title="a setter marker names a policy that does not exist",
    meaning="the marker's `namespace:name` is not that of an ImagePolicy in the repository.",
    reason=_NEVER_UPDATED,
    fix=command.POLICY_UNKNOWN.fix,
)
NAMESPACE = Rule(
    code="marker-policy-unreached",
    cross=True,
    title="a setter marker names a policy that no automation uses",
    meaning="the ImagePolicy exists, but no ImageUpdateAutomation whose path contains this file takes it.",
    reason=(
        "an automation uses only the policies of its own namespace that its policySelector matches; others are ignored."
    ),
    fix="move the policy into the automation's namespace, or give it the labels of the policySelector",
)
PART = Rule(
    code="marker-wrong-part",
    title="a setter marker writes another part of the reference than the value holds",
    meaning=(
        "the suffix of the marker says which part Flux writes (image and tag, tag, name, digest), and the value "
        "is another."
    ),
    reason="Flux replaces the whole value: a bare tag where an image belongs, or the reverse, breaks the workload.",
    fix="use no suffix for image:tag, :tag for a tag alone, :name for an image without tag",
)
IMAGE = Rule(
    code="marker-wrong-image",
    cross=True,
    title="the image before a setter marker is not the policy's",
    meaning="the value names another image than the ImageRepository of the marker's policy.",
    reason="the next automation run replaces it by another image.",
    fix="write the image of the policy's ImageRepository, or name the right policy",
)
TAG = Rule(
    code="marker-tag-mismatch",
    cross=True,
    title="the tag before a setter marker is not one that the policy selects",
    meaning="the policy that the marker names would never select the tag that is written there.",
    reason=(
        "Flux replaces the tag by the newest one that the policy selects; while there is none, an unverified "
        "image runs."
    ),
    fix="write a tag that the policy selects",
    severity=Severity.WARNING,
)
TYPED = Rule(
    code="marker-typed-value",
    title="a setter marker behind an unquoted number, boolean or null",
    meaning="the value before the marker is not in quotes, and YAML reads it as a number, a boolean or null.",
    reason="Flux keeps the YAML type of the old value and writes `!!int v1` or `!!float v1`, which no consumer reads.",
    fix="put the value into quotes",
)
DIGEST = Rule(
    code="marker-digest-never",
    cross=True,
    title="a :digest marker of a policy that finds out no digest",
    meaning="the marker asks for the digest, and the policy's digestReflectionPolicy is Never.",
    reason='Flux then has no digest, writes "" and so removes the one that is there.',
    fix="set digestReflectionPolicy: IfNotPresent or Always on the policy, or drop the suffix",
)
DISAGREE = Rule(
    code="marker-tags-disagree",
    cross=True,
    title="two setters of one policy hold different tags",
    meaning="two values with a marker of the same policy hold different tags.",
    reason="Flux always writes the same tag to both, so one was changed by hand, and two parts run different builds.",
    fix="write the same tag in both places",
)
REFORMAT = Rule(
    code="marker-reformat",
    severity=Severity.WARNING,
    title="Flux's first commit will rewrite the whole file",
    meaning="the file is not written in the form that Flux writes.",
    reason=(
        "Flux writes the whole file anew: blank lines, wide indents and --- are lost, and the one changed line is "
        "hard to find."
    ),
    fix="commit the form that Flux writes: buildtool setters preview shows it",
)
OVERWRITE = Rule(
    code="automations-overwrite",
    title="two automations write the same file from different policies",
    meaning="the paths of two automations cover one marker, and each has a policy of that name with other tags.",
    reason="each writes its own policy's tag over the other's, with a commit each time, and neither ever stops.",
    fix="give each automation an update.path of its own, with the files that only its cluster applies",
    cross=True,
)
