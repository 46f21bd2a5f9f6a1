"""An image that was built again with the content that is published keeps that tag: nothing is rolled out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.usecases.push.plan import ImagePlan, Plan
    from buildtool.usecases.push.result import Proven

SAME_RESULT = "same result"


def without_same_results(plan: Plan, proven: Sequence[Proven], *, force: bool) -> tuple[Plan, list[Proven]]:
    """The plan and the proven images without those that would publish once more what is there.

    Not for --force and uncommitted files, which publish what they build. An image that is not built, and was to get the
    new tag of others of its commit, keeps its own where nothing is left that is published under the new one.
    """
    same = {one.plan.name for one in proven if not force and not plan.tag.dirty and _is_published(one, plan)}
    images = [image.kept(SAME_RESULT) if image.name in same else image for image in plan.images]
    if same and not any(image.builds for image in images):
        images = [image.kept("") if _joined(image, plan) else image for image in images]
    left = {image.name for image in images if image.tag is not None}
    return replace(plan, images=images), [one for one in proven if one.plan.name in left]


def _joined(image: ImagePlan, plan: Plan) -> bool:
    """Whether an image was to get the tag of this run for the sake of others: one that no image has yet."""
    return image.tag == plan.tag.text and all(image.tag not in one.seen for one in plan.images)


def _is_published(one: Proven, plan: Plan) -> bool:
    """Whether the image is what its branch has published last."""
    image: ImagePlan = one.plan
    if not image.builds or image.published is None:
        return False
    parsed = parse_tag(image.published.tag)
    return parsed is not None and parsed.branch == plan.tag.branch and one.proof.has_same_content(image.published.proof)
