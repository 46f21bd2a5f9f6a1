"""Gives all images that are published from one commit the same tag, also after a run that was killed in between.

A run that is killed between two tags leaves one image with the new tag and the other without. The next run of the same
commit must not give the other a time of its own, or nobody can tell from the tags that they belong together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag
from buildtool.core.image.labels import VERSION
from buildtool.usecases.push.selection import newest_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.core.commit.tags import ParsedTag, Tag
    from buildtool.usecases.push.plan import ImagePlan


def one_tag(tag: Tag, images: Sequence[ImagePlan]) -> tuple[Tag, list[ImagePlan]]:
    """The tag of the run and the images, such that those of one commit get one tag.

    Images that are built take the tag which an image of the same commit has, where it is newer than all they have.
    Images that keep an older tag of one commit get the newest of that commit, on the digest they have: that of this run
    where it builds another image of their commit.
    """
    if tag.version is not None:  # the version is the tag of all
        return tag, [image.tagged(tag.text) if image.builds else image for image in images]
    tag = _shared_tag(tag, images)
    new = parse_tag(tag.text) if any(image.builds for image in images) else None
    return tag, [image.tagged(tag.text) if image.builds else _joined(image, images, new) for image in images]


def _shared_tag(tag: Tag, images: Sequence[ImagePlan]) -> Tag:
    """The tag that this commit was published under already, or the new one where that cannot be taken again."""
    if tag.dirty or any(image.why == "--force" for image in images):
        return tag
    mine = [own for image in images if (own := _original(image)) and _of(own, tag)]
    newest = max(mine, key=lambda own: own.time, default=None)
    if newest is None or not all(_older(image, newest) for image in images if image.builds):
        return tag
    return replace(tag, text=_text(newest), time=newest.time)


def _joined(image: ImagePlan, images: Sequence[ImagePlan], new: ParsedTag | None) -> ImagePlan:
    """With the newest tag that another image of the same commit has, or gets as `new`, where that is newer."""
    own = _original(image)
    if own is None or not image.deployed:
        return image
    others = [other for one in images if (other := _original(one))] + ([new] if new is not None else [])
    newest = max((other for other in others if _same_commit(other, own)), key=lambda other: other.time)
    if newest.time <= own.time or not _older(image, newest):
        return image
    return replace(image.tagged(_text(newest)), why=f"another image of the commit is {_text(newest)}")


def _text(parsed: ParsedTag) -> str:
    return f"{parsed.branch}-{parsed.sha}-{parsed.time}"


def _original(image: ImagePlan) -> ParsedTag | None:
    """The tag an image keeps, if it was built under that very tag: a rollback or a second tag is no part of a pair."""
    published = image.published
    if image.builds or published is None or published.proof.label(VERSION) != published.tag:
        return None
    parsed = parse_tag(published.tag)
    return parsed if parsed and not parsed.dirty else None


def _same_commit(one: ParsedTag, other: ParsedTag) -> bool:
    """Tags may have been made with more or fewer digits of the commit."""
    return one.branch == other.branch and (one.sha.startswith(other.sha) or other.sha.startswith(one.sha))


def _of(parsed: ParsedTag, tag: Tag) -> bool:
    return parsed.branch == tag.branch and tag.sha.startswith(parsed.sha)


def _older(image: ImagePlan, newest: ParsedTag) -> bool:
    """Whether everything published of the image is older."""
    time = newest_time(image.policy, image.visible, newest.branch)
    return time is None or time < newest.time
