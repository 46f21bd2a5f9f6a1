"""exclusionList of an ImageRepository: which tags Flux stores at all.

Source: image-reflector-controller internal/controller/imagerepository_controller.go. Each pattern is searched anywhere
in the tag; the default list has one pattern, and a list in the manifest replaces it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.policy.filter import compile_filter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT_EXCLUSIONS = (r"^.*\.sig$",)


def not_excluded(tags: Iterable[str], patterns: Sequence[str] = DEFAULT_EXCLUSIONS) -> list[str]:
    """The tags that no pattern matches, in their order; raises PolicyFailure for a pattern Go refuses."""
    left = list(tags)
    for pattern in patterns:
        excluded = {tag for tag, _ in compile_filter(pattern, "").apply(left).pairs}
        left = [tag for tag in left if tag not in excluded]
    return left
