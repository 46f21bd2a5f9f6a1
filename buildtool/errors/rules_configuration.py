"""Rules of `check` about buildtool.toml."""

from __future__ import annotations

from buildtool.errors import command
from buildtool.errors.pages import Rule

INVALID = Rule(
    code=command.CONFIG_INVALID.code,
    title=command.CONFIG_INVALID.title,
    meaning=command.CONFIG_INVALID.meaning,
    reason=command.CONFIG_INVALID.reason,
    fix=command.CONFIG_INVALID.fix,
)
POLICY = Rule(
    code="config-policy-unknown",
    cross=True,
    title="buildtool.toml names a policy that does not exist",
    meaning="`policy` of an image is no ImagePolicy of the repository.",
    reason="push cannot work out what Flux would do with the tag, and refuses.",
    fix="correct `policy`, or commit the ImagePolicy",
)
IMAGE = Rule(
    code="config-image-mismatch",
    cross=True,
    title="buildtool.toml publishes to another repository than the policy watches",
    meaning="the image's repository and spec.image of the policy's ImageRepository differ.",
    reason="Flux selects among the tags of the repository that it watches, so it never deploys what is pushed.",
    fix="make registry and image name those of the ImageRepository",
)
BRANCHES = Rule(
    code="config-branches-unmatched",
    cross=True,
    title="no deploy branch makes a tag that the policy selects",
    meaning="none of tag.branches makes a tag that the ImagePolicy of an image selects.",
    reason="every image that is published is never deployed.",
    fix="widen filterTags.pattern, or correct tag.branches",
)
KUSTOMIZATION = Rule(
    code="config-kustomization-unknown",
    cross=True,
    title="buildtool.toml names a Kustomization that does not exist",
    meaning="an entry of handler.kustomizations is no Flux Kustomization of the repository.",
    reason="the rollback handler acts on no alert about it, nor about the one that was meant.",
    fix="correct handler.kustomizations, or commit the Kustomization",
)
TAG_NOT_TAKEN = Rule(
    code="tag-not-taken",
    cross=True,
    title="the policy does not select this checkout's tag",
    meaning="the ImagePolicy of an image would not select a tag of the current branch.",
    reason="the images would be published and never deployed.",
    fix="build a branch that the policy selects, or widen filterTags.pattern",
)
