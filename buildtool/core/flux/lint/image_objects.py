"""ImageRepository, ImagePolicy and ImageUpdateAutomation, each by itself and against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import image_problem
from buildtool.core.flux.lint.logins import logins, project_of
from buildtool.core.flux.manifests import IMAGE_GROUP
from buildtool.core.flux.objects import clamp
from buildtool.core.flux.substitution import is_unknown
from buildtool.core.flux.tree.sources import Where
from buildtool.errors.rules_image_objects import (
    ACCESS,
    IMAGE_INVALID,
    INSECURE,
    NO_LOGIN,
    PATH_MISSING,
    POLICY_INVALID,
    POLICY_UNUSED,
    UNKNOWN_REPOSITORY,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.manifests import Policy
    from buildtool.core.flux.objects import Object
    from buildtool.errors.findings import Finding, Place


def check(tree: Tree) -> Iterator[Finding]:
    kinds = {"ImageRepository": _repository, "ImageUpdateAutomation": _automation}
    for item in tree.of(IMAGE_GROUP):
        if item.name and item.kind in kinds and (item.kind, item.key) not in tree.manifests.refused:
            yield from kinds[item.kind](tree, item)
    yield from _logins(tree)
    for policy in tree.manifests.found:
        yield from _policy(tree, policy)


def _repository(tree: Tree, item: Object) -> Iterator[Finding]:
    node = item.root.get("spec", "image")
    image = item.resolve(node.text) if node is not None else ""
    if node is None or is_unknown(image):
        return
    problem = image_problem(image)
    if problem:
        yield IMAGE_INVALID.at(item.at(node), f"{item}: image {image!r} {problem}")
        return
    host, insecure = image.partition("/")[0], item.root.true("spec", "insecure")
    said = tree.settings.hosts.get(host) if tree.settings is not None else None
    if said is not None and insecure != said.insecure:
        place = item.at(item.root.get("spec", "insecure") or node)
        says = "HTTP" if said.insecure else "HTTPS"
        message = f"{item} scans {host} over {'HTTP' if insecure else 'HTTPS'}, {said.place} says {says}"
        yield INSECURE.at(place, message, fix=f"insecure: {str(said.insecure).lower()}")


def _logins(tree: Tree) -> Iterator[Finding]:
    """Whether a project is private is not in the repository; that others read it with a login is."""
    users = logins(tree.objects, tree.manifests.watched)
    for one in tree.manifests.watched:
        project = project_of(one.image)
        user = users.get(project or "")
        if user is not None and not one.login and not is_unknown(one.image):
            who = f"ImageRepository {one.namespace}/{one.name}"
            yield NO_LOGIN.at(one.image_place, f"{who} has no login, and {user} reads {project} with one")


def _policy(tree: Tree, policy: Policy) -> Iterator[Finding]:
    item = policy.item
    if item.patched or policy.refusal is not None:
        return
    if policy.unreadable:
        yield POLICY_INVALID.at(item.at(item.root.get("spec") or item.root), f"{item}: {policy.unreadable}")
        return
    yield from _reference(tree, policy)
    if _nobody_writes(tree, policy):
        yield POLICY_UNUSED.at(item.place, f"{item}: no ImageUpdateAutomation in namespace {item.namespace!r}")


def _reference(tree: Tree, policy: Policy) -> Iterator[Finding]:
    item = policy.item
    reference = item.root.get("spec", "imageRepositoryRef")
    namespace, _, name = policy.repository.partition(":")
    node = (reference.get("name") if reference is not None else None) or reference or item.root
    if not name:
        return  # a missing field, not a missing object
    if tree.lacks(item, "ImageRepository", namespace, name):
        yield UNKNOWN_REPOSITORY.at(item.at(node), f"{item}: there is no ImageRepository {namespace}/{name}")
    elif namespace and item.namespace and namespace != item.namespace and not is_unknown(namespace + item.namespace):
        yield from _access(tree, policy, item.at(node))


def _access(tree: Tree, policy: Policy, place: Place) -> Iterator[Finding]:
    """spec.accessFrom of an ImageRepository in another namespace must let the policy's namespace in."""
    item = policy.item
    for repository in tree.of(IMAGE_GROUP, "ImageRepository"):
        if repository.key != policy.repository or repository.patched or repository.worlds.isdisjoint(item.worlds):
            continue
        selectors = [one.get("matchLabels") for one in repository.root.each("spec", "accessFrom", "namespaceSelectors")]
        wanted = [
            {key.text: value.real.text for key, value in one.pairs} if one is not None else {} for one in selectors
        ]
        if not any(_lets_in(tree, item, labels) for labels in wanted):
            message = f"{item}: {repository} has no accessFrom that lets namespace {item.namespace} in"
            yield ACCESS.at(place, message)


def _lets_in(tree: Tree, item: Object, wanted: dict[str, str]) -> bool:
    """Whether the namespace has these labels, or may: it may be made somewhere else, and Kubernetes adds its name."""
    own = {"kubernetes.io/metadata.name": item.namespace}
    if all(own.get(key) == value for key, value in wanted.items()):
        return True
    if any(key in own and own[key] != value for key, value in wanted.items()):
        return False
    found = [one for one in tree.objects if one.kind == "Namespace" and not one.group and one.name == item.namespace]
    labels = [one.root.get("metadata", "labels") for one in found if not one.patched]
    return not labels or any(
        node is not None and all(node.string(key) == value for key, value in wanted.items() if key not in own)
        for node in labels
    )


def _nobody_writes(tree: Tree, policy: Policy) -> bool:
    """Whether there are automations, all known, and all in other namespaces."""
    item = policy.item
    automations = [one for one in tree.manifests.automations if not one.worlds.isdisjoint(item.worlds)]
    if not automations or not item.namespace or is_unknown(item.namespace):
        return False
    if any(not one.namespace or is_unknown(one.namespace) or one.namespace == item.namespace for one in automations):
        return False
    return not any(w.may_hold_more(item.namespace) for w in tree.flux.worlds if w.key in item.worlds)


def _automation(tree: Tree, item: Object) -> Iterator[Finding]:
    path = clamp(item.resolve(item.root.string("spec", "update", "path")))
    known = tree.flux.where(item) is Where.HERE and not is_unknown(path) and not item.patched
    if path and known and path not in tree.folders and path not in tree.paths:
        node = item.root.get("spec", "update", "path") or item.root
        yield PATH_MISSING.at(item.at(node), f"{item}: there is no {path} in the repository")
