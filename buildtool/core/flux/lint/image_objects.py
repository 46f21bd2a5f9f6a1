"""ImageRepository, ImagePolicy and ImageUpdateAutomation, each by itself and against each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.flux.lint.image_names import image_problem
from buildtool.core.flux.lint.logins import logins, project_of
from buildtool.core.flux.manifests import IMAGE_GROUP, clamp
from buildtool.errors.rules_image_objects import (
    DIGEST_INTERVAL,
    IMAGE_INVALID,
    INSECURE,
    NO_LOGIN,
    PATH_MISSING,
    POLICY_INVALID,
    POLICY_UNUSED,
    TEMPLATE_REMOVED,
    UNKNOWN_REPOSITORY,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding

_REMOVED_FIELD = re.compile(r"\.Updated\b|\.Changed\.ImageResult\b")


def check(tree: Tree) -> Iterator[Finding]:
    kinds = {"ImageRepository": _repository, "ImagePolicy": _policy, "ImageUpdateAutomation": _automation}
    for item in tree.of(IMAGE_GROUP):
        if item.name and item.kind in kinds:
            yield from kinds[item.kind](tree, item)


def _repository(tree: Tree, item: Object) -> Iterator[Finding]:
    image = item.root.get("spec", "image")
    if image is None:
        return
    problem = image_problem(image.text)
    if problem:
        yield IMAGE_INVALID.at(item.at(image), f"{item}: image {image.text!r} {problem}")
        return
    settings = tree.settings
    insecure = item.root.true("spec", "insecure")
    if settings is not None and image.text.partition("/")[0] == settings.host and insecure != settings.insecure:
        place = item.at(item.root.get("spec", "insecure") or image)
        says = "HTTP" if settings.insecure else "HTTPS"
        message = f"{item} scans {settings.host} over {'HTTP' if insecure else 'HTTPS'}, {settings.place} says {says}"
        yield INSECURE.at(place, message, fix=f"insecure: {str(settings.insecure).lower()}")
    yield from _login(tree, item, image)


def _login(tree: Tree, item: Object, image: Node) -> Iterator[Finding]:
    """Whether a project is private is not in the repository; that others read it with a login is."""
    known = tree.manifests.repositories.get(item.key)
    user = logins(tree.objects, tree.manifests.repositories.values()).get(project_of(image.text) or "")
    if user is not None and known is not None and not known.login:
        yield NO_LOGIN.at(item.at(image), f"{item} has no login, and {user} reads {project_of(image.text)} with one")


def _policy(tree: Tree, item: Object) -> Iterator[Finding]:
    if item.key in tree.manifests.unreadable:
        reason, _ = tree.manifests.unreadable[item.key]
        yield POLICY_INVALID.at(item.at(item.root.get("spec") or item.root), f"{item}: {reason}")
        return
    reference = item.root.get("spec", "imageRepositoryRef")
    key = tree.manifests.policy_repository[item.key]
    if key not in tree.manifests.repositories:
        node = (reference.get("name") if reference is not None else None) or reference or item.root
        yield UNKNOWN_REPOSITORY.at(item.at(node), f"{item}: there is no ImageRepository {key.replace(':', '/', 1)}")
    always = item.root.string("spec", "digestReflectionPolicy") == "Always"
    interval = item.root.get("spec", "interval")
    if always != (interval is not None):
        node = interval or item.root.get("spec", "digestReflectionPolicy") or item.root
        what = "Always without interval" if always else "interval without digestReflectionPolicy: Always"
        yield DIGEST_INTERVAL.at(item.at(node), f"{item}: {what}")
    automations = tree.manifests.automations
    if automations and all(automation.namespace != item.namespace for automation in automations):
        yield POLICY_UNUSED.at(item.place, f"{item}: no ImageUpdateAutomation in namespace {item.namespace!r}")


def _automation(tree: Tree, item: Object) -> Iterator[Finding]:
    template = item.root.get("spec", "git", "commit", "messageTemplate")
    found = _REMOVED_FIELD.search(template.text) if template is not None else None
    if template is not None and found is not None:
        yield TEMPLATE_REMOVED.at(item.at(template), f"{item}: {found[0]} in messageTemplate")
    path = clamp(item.root.string("spec", "update", "path"))
    if path and path not in tree.folders and path not in tree.paths:
        node = item.root.get("spec", "update", "path") or item.root
        yield PATH_MISSING.at(item.at(node), f"{item}: there is no {path} in the repository")
