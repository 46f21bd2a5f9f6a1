"""Whether the tags that a branch makes are taken by the policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.certain_match import surely_takes
from buildtool.errors import BuildtoolError

if TYPE_CHECKING:
    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.manifests import Policy
    from buildtool.core.yaml.node import Node


def takes(policy: Policy, tag: str) -> bool:
    """Whether the policy, given this tag alone, selects it."""
    if policy.item.variables is None and surely_takes(policy.item.root.get("spec"), tag):
        return True
    from buildtool.core.flux.policy import takes as judge  # noqa: PLC0415 -- 50 ms, and most tags surely match

    return judge(policy.value, tag)


def refuses(policy: Policy, tag: str) -> bool:
    """Whether a policy that is known and works does not select the tag; one that cannot work has its own finding."""
    if not policy.known or takes(policy, tag):
        return False
    from buildtool.core.flux.policy import ErrorClass, select  # noqa: PLC0415

    error = select(policy.value, [tag]).error
    return error is None or error.kind in (ErrorClass.NO_MATCH, ErrorClass.NO_SEMVER_MATCH)


def why_not(policy: Policy, tag: str) -> str:
    """One sentence for a tag that is refused, with the policy and the tag."""
    from buildtool.core.flux.policy import refusal  # noqa: PLC0415

    return refusal(policy.value, tag)


def refused(tree: Tree, branch: str) -> list[str]:
    """For each image whose policy does not take the tag of this branch, one line that says so.

    Without a configuration nobody knows what the tags look like: then nothing is refused.
    """
    return [] if tree.settings is None else [message for _, message in refusals(tree, branch)]


def refusals(tree: Tree, branch: str) -> list[tuple[str, str]]:
    """The same with the policy (`namespace:name`) in front; "" for a branch that makes no tag at all.

    Of a policy that several clusters have, one that takes the tag is enough.
    """
    from buildtool.core.commit.naming import sample_tag  # noqa: PLC0415 -- a hook over one manifest makes no tag

    try:
        tag = sample_tag(branch, tree.settings.sha_length if tree.settings else 7)
    except (BuildtoolError, ValueError) as error:
        return [("", str(error))]
    return [
        (key, f"image {image}: {why_not(found[0], tag)}")
        for image, key in policies_of(tree)
        if (found := tree.manifests.named(key)) and all(refuses(policy, tag) for policy in found)
    ]


def is_of_releases(tree: Tree, key: str) -> bool:
    """Whether the policy `namespace:name` orders by version: its images are releases, and no builds of branches."""
    found = tree.manifests.named(key)
    return bool(found) and all(one.item.root.get("spec", "policy", "semver") is not None for one in found)


def built_branches(tree: Tree) -> list[Node]:
    """The branch patterns of `on.push.branches` of every workflow that publishes."""
    from buildtool.core.flux.lint.publishing import published_on  # noqa: PLC0415

    return [node for _, push in published_on(tree) for node in push.each("branches") if not node.text.startswith("!")]


def branch_is_refused(tree: Tree, policy: Policy, tag: str) -> bool:
    """Whether the tag is one of a built branch that the policy refuses: then the workflow rule has said so."""
    from buildtool.core.commit.tags import parse_tag, sanitise  # noqa: PLC0415
    from buildtool.core.flux.lint import workflow_globs  # noqa: PLC0415

    parsed = parse_tag(tag) if tree.settings is not None else None
    return parsed is not None and any(
        sanitise(node.text) == parsed.branch and refuses(policy, tag)
        for node in built_branches(tree)
        if workflow_globs.is_literal(node.text) and node.text
    )


def policies_of(tree: Tree) -> list[tuple[str, str]]:
    """Image and policy (`namespace:name`) for each configured image; without configuration, every policy there is."""
    known = tree.manifests.policies
    if tree.settings is None:
        return [(key.rpartition(":")[2], key) for key in sorted(known)]
    return [(image.name, image.policy) for image in tree.settings.images.values() if image.policy in known]
