"""Tags that Flux must never deploy: no policy may take them, nor fail because they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.evaluate import select
from buildtool.core.flux.policy.failure import ErrorClass
from buildtool.errors import CONFIG_INVALID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from buildtool.core.flux.hidden_tag import Hidden
    from buildtool.core.flux.policy.image_policy import ImagePolicy
    from buildtool.errors import Kind
    from buildtool.errors.findings import Finding


def judge(hidden: Hidden, policies: Iterable[ImagePolicy], kind: Kind = CONFIG_INVALID) -> Iterator[Finding]:
    """An error for each policy that takes the tag, or whose evaluation fails on the tag alone."""
    for policy in policies:
        does = _does(policy, hidden.tag)
        if does:
            message = f"ImagePolicy {policy.ref} {does} the tag {hidden.tag!r} of {hidden.setting}"
            fix = f"anchor the policy's pattern, or set {hidden.setting} to a tag that no policy takes"
            yield kind.at(policy.place, message, reason=hidden.content, fix=fix if kind is CONFIG_INVALID else "")


def _does(policy: ImagePolicy, tag: str) -> str:
    """What the policy does with the tag: "" where nothing."""
    selection = select(policy, [tag])
    if selection.possible:
        return "takes"
    return "fails on" if selection.error is not None and selection.error.kind is ErrorClass.NOT_NUMERIC else ""
