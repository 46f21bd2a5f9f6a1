"""buildtool.toml against the manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.deploys import policies_of, refusals
from buildtool.core.flux.lint.image_names import canonical, image_problem
from buildtool.core.flux.substitution import is_unknown
from buildtool.core.flux.tree.model import Presence
from buildtool.errors.rules_configuration import BRANCHES, IMAGE, POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.settings import ImageSettings, Settings
    from buildtool.core.flux.lint.tree import Tree
    from buildtool.errors.findings import Finding


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
    missing = tree.flux.presence("ImagePolicy", *_parts(image.policy)) is Presence.MISSING
    if not manifests.named(image.policy) and missing:
        yield POLICY.at(image.place, f"image {image.name}: there is no ImagePolicy {image.policy.replace(':', '/', 1)}")
        return
    found = [one.image for policy in manifests.named(image.policy) for one in manifests.repositories_of(policy)]
    if any(is_unknown(one) or image_problem(one) for one in found):
        return
    if found and all(canonical(one) != canonical(image.repository) for one in found):
        message = f"image {image.name} is published to {image.repository}, {image.policy} watches {found[0]}"
        yield IMAGE.at(image.place, message)


def _parts(policy: str) -> tuple[str, str]:
    namespace, _, name = policy.partition(":")
    return namespace, name


def _branches(tree: Tree, settings: Settings) -> Iterator[Finding]:
    """Only where no workflow says which branches are built: there is one for those."""
    if next(iter(tree.workflows()), None) is not None or not settings.branches:
        return
    found = [refusals(tree, branch) for branch in settings.branches]
    for _, policy in policies_of(tree):
        mine = [message for lines in found for key, message in lines if key == policy]
        if len(mine) == len(settings.branches):
            yield BRANCHES.at(settings.place, mine[0])
