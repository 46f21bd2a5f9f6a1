"""The branch or release of this checkout -> findings where the policy of an image would not select its tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint import configuration
from buildtool.core.flux.lint import workflow_globs as globs
from buildtool.core.flux.lint.deploys import built_branches, is_of_releases, policies_of, refusals, refuses, why_not
from buildtool.errors.findings import Severity
from buildtool.errors.rules_configuration import POLICY, TAG_NOT_TAKEN
from buildtool.usecases.check.run import Checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.errors.findings import Finding


def check_tags(tree: Tree, branch: str, deploy_branches: Iterable[str], known: Iterable[Finding] = ()) -> Checked:
    """One finding for each image whose policy does not take the branch's tag, without images of releases.

    An error for a deploy branch (those of buildtool.toml, and those a workflow builds), a warning for any other: its
    builds are not meant for the cluster.
    """
    patterns = [*deploy_branches, *(node.text for node in built_branches(tree))]
    severity = Severity.ERROR if globs.takes(patterns, branch) else Severity.WARNING
    policies = tree.manifests.policies
    found = [
        TAG_NOT_TAKEN.at(policies[key].place if key in policies else None, message, severity=severity)
        for key, message in refusals(tree, branch)
        if not key or not is_of_releases(tree, key)
    ]
    return _checked(tree, found, known)


def check_release(tree: Tree, version: str, known: Iterable[Finding] = ()) -> Checked:
    """One error for each image whose policy does not take the version."""
    found = [
        TAG_NOT_TAKEN.at(policies[0].item.place, f"image {image}: {why_not(policies[0], version)}")
        for image, key in policies_of(tree)
        if (policies := tree.manifests.named(key)) and all(refuses(policy, version) for policy in policies)
    ]
    return _checked(tree, found, known)


def _checked(tree: Tree, found: list[Finding], known: Iterable[Finding]) -> Checked:
    unknown = [finding for finding in configuration.check(tree) if finding.code == POLICY.code]
    return Checked((*known, *found, *unknown), len(policies_of(tree)), {})
