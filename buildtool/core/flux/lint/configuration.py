"""buildtool.toml against the manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.deploys import TAG_NOT_TAKEN, policies_of, refusals
from buildtool.core.flux.lint.image_names import image_problem
from buildtool.core.flux.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.flux.lint.settings import ImageSettings, Settings
    from buildtool.core.flux.lint.tree import Tree

INVALID = Rule(
    "config-invalid",
    "buildtool.toml has mistakes",
    "nothing can be built, and nothing here can be compared with it.",
    "correct the lines named",
)
POLICY = Rule(
    "config-policy-unknown",
    "buildtool.toml names a policy that does not exist",
    "push cannot tell what Flux would do with the tag, and refuses.",
    "correct `policy`, or commit the ImagePolicy",
    cross=True,
)
IMAGE = Rule(
    "config-image-mismatch",
    "buildtool.toml publishes to another repository than Flux watches",
    "the image is pushed where no policy looks, and is never deployed.",
    "make registry and image name those of the ImageRepository",
    cross=True,
)
BRANCHES = Rule(
    "config-branches-unmatched",
    "no deploy branch makes a tag that the policy takes",
    "whatever is published is never deployed.",
    "widen filterTags.pattern, or correct tag.branches",
    cross=True,
)
RULES = (INVALID, POLICY, IMAGE, BRANCHES, TAG_NOT_TAKEN)


def check(tree: Tree) -> Iterator[Finding]:
    if tree.settings is None:
        return
    for image in tree.settings.images.values():
        yield from _image(tree, image)
    yield from _branches(tree, tree.settings)


def _image(tree: Tree, image: ImageSettings) -> Iterator[Finding]:
    manifests = tree.manifests
    if not image.policy or image.policy in manifests.unreadable:
        return
    if image.policy not in manifests.policies:
        yield POLICY.at(image.place, f"image {image.name}: there is no ImagePolicy {image.policy.replace(':', '/', 1)}")
        return
    repository = manifests.repository_of(image.policy)
    if repository is not None and repository.image != image.repository and not image_problem(repository.image):
        message = f"image {image.name} is published to {image.repository}, {image.policy} watches {repository.image}"
        yield IMAGE.at(image.place, message)


def _branches(tree: Tree, settings: Settings) -> Iterator[Finding]:
    """Only where no workflow says which branches are built: there is one for those."""
    if next(iter(tree.workflows()), None) is not None or not settings.branches:
        return
    found = [refusals(tree, branch) for branch in settings.branches]
    for _, policy in policies_of(tree):
        mine = [message for lines in found for key, message in lines if key == policy]
        if len(mine) == len(settings.branches):
            yield BRANCHES.at(settings.place, mine[0])
