"""Whether a policy takes a tag: one judgement and one text for push, check, doctor, verify and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.evaluate import select
from buildtool.core.flux.policy.mismatch import explain_mismatch

if TYPE_CHECKING:
    from buildtool.core.flux.policy.image_policy import ImagePolicy


def takes(policy: ImagePolicy, tag: str) -> bool:
    """Whether the policy selects the tag where it is the only one."""
    return select(policy, [tag]).winner == tag


def refusal(policy: ImagePolicy, tag: str) -> str:
    """`ImagePolicy NAMESPACE:NAME does not take the tag TAG: WHY`; "" where the policy takes it."""
    if takes(policy, tag):
        return ""
    return f"ImagePolicy {policy.ref} does not take the tag {tag}: {explain_mismatch(policy, tag)}"
