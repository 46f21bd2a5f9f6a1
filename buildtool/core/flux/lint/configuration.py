"""buildtool.toml against the manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.deploys import is_of_releases, policies_of, refusals
from buildtool.core.flux.tree.model import Presence
from buildtool.core.flux.tree.sources import BOOTSTRAP
from buildtool.core.flux.watching import elsewhere, watchers
from buildtool.errors.rules_configuration import BRANCHES, KUSTOMIZATION, POLICY

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
    yield from _kustomizations(tree, tree.settings)
    yield from _branches(tree, tree.settings)
    yield from _hidden(tree, tree.settings)


def _image(tree: Tree, image: ImageSettings) -> Iterator[Finding]:
    manifests = tree.manifests
    if not image.policy or image.policy in manifests.unreadable:
        return
    missing = tree.flux.presence("ImagePolicy", *_parts(image.policy)) is Presence.MISSING
    if not manifests.named(image.policy) and missing:
        yield POLICY.at(image.place, f"image {image.name}: there is no ImagePolicy {image.policy.replace(':', '/', 1)}")
        return
    pushed = (image.repository, *image.mirrors)
    yield from elsewhere(manifests, image.name, pushed, image.policy, image.place)


def _parts(policy: str) -> tuple[str, str]:
    namespace, _, name = policy.partition(":")
    return namespace, name


def _kustomizations(tree: Tree, settings: Settings) -> Iterator[Finding]:
    for key in settings.kustomizations:
        if tree.flux.presence("Kustomization", *_parts(key)) is Presence.MISSING and key != f"{BOOTSTRAP}:{BOOTSTRAP}":
            message = f"there is no Kustomization {key.replace(':', '/', 1)}"
            yield KUSTOMIZATION.at(settings.handler_place or settings.place, message)


def _branches(tree: Tree, settings: Settings) -> Iterator[Finding]:
    """Only where no workflow says which branches are built: there is one for those."""
    if next(iter(tree.workflows()), None) is not None or not settings.branches:
        return
    found = [refusals(tree, branch) for branch in settings.branches]
    for _, policy in policies_of(tree):
        mine = [message for lines in found for key, message in lines if key == policy]
        if len(mine) == len(settings.branches) and not is_of_releases(tree, policy):
            yield BRANCHES.at(settings.place, mine[0])


def _hidden(tree: Tree, settings: Settings) -> Iterator[Finding]:
    """config-invalid at each policy that takes the candidate tag or that of a cache, as push and doctor say it."""
    for hidden in settings.hidden:
        own = [image.policy for image in settings.images.values() if image.repository in hidden.repositories]
        seen_by = watchers(tree.manifests, own, hidden.repositories)
        # one cause, one finding: the rules of policies say what is wrong with one that filters nothing
        judged = [policy.value for policy in seen_by if policy.value.filter is not None]
        if judged:
            from buildtool.core.flux.policy.hidden import judge  # noqa: PLC0415 -- the engine takes 50 ms to import

            yield from judge(hidden, judged)
