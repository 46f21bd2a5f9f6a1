"""ImageRepository, ImagePolicy and ImageUpdateAutomation, each by itself and against each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.findings import Severity
from buildtool.core.flux.lint.image_names import image_problem
from buildtool.core.flux.lint.rule import Rule
from buildtool.core.flux.manifests import IMAGE_GROUP, clamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.objects import Object

IMAGE_INVALID = Rule(
    "repository-image-invalid",
    "an ImageRepository names no image that Flux can read",
    "the scan fails; and a path of one character or with capitals ends the whole automation run, for every policy.",
    "write host[:port]/path in lower case, without scheme, tag or digest",
)
INSECURE = Rule(
    "repository-insecure",
    "an ImageRepository and buildtool.toml disagree about HTTPS",
    "Flux then scans with the wrong protocol, finds no tags, and keeps deploying the last one it saw.",
    "make `insecure` of the ImageRepository what buildtool.toml says",
    cross=True,
)
UNKNOWN_REPOSITORY = Rule(
    "policy-unknown-repository",
    "an ImagePolicy refers to an ImageRepository that does not exist",
    "the policy never gets a tag (`referenced ImageRepository does not exist`).",
    "correct imageRepositoryRef, or commit the ImageRepository",
    cross=True,
)
POLICY_INVALID = Rule(
    "policy-invalid",
    "an ImagePolicy that Flux cannot use",
    "the policy is stalled, and the automation goes on writing the last image it chose.",
    "correct the field named",
)
DIGEST_INTERVAL = Rule(
    "policy-digest-interval",
    "digestReflectionPolicy and interval do not fit",
    "the API server refuses the object: `Always` needs spec.interval, anything else forbids it.",
    "set both `digestReflectionPolicy: Always` and `interval`, or neither",
)
TEMPLATE_REMOVED = Rule(
    "automation-template-removed",
    "a commit template uses a field that Flux removed",
    "the automation stalls with RemovedTemplateField and commits nothing.",
    "use .Changed.Changes: {{ range .Changed.Changes }}{{ .Setter }}: {{ .OldValue }} -> {{ .NewValue }}{{ end }}",
)
PATH_MISSING = Rule(
    "automation-path-missing",
    "an automation updates a path that does not exist",
    "every run fails with `walking path for files`, and no image is ever updated.",
    "correct spec.update.path; it is relative to the root of the repository",
    cross=True,
)
POLICY_UNUSED = Rule(
    "automation-missing",
    "no automation writes what a policy selects",
    "a policy alone changes nothing: an ImageUpdateAutomation of the same namespace has to write its choice into git.",
    "commit an ImageUpdateAutomation in the namespace of the policy, or move the policy",
    Severity.WARNING,
    cross=True,
)
RULES = (
    IMAGE_INVALID,
    INSECURE,
    UNKNOWN_REPOSITORY,
    POLICY_INVALID,
    DIGEST_INTERVAL,
    TEMPLATE_REMOVED,
    PATH_MISSING,
    POLICY_UNUSED,
)
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
