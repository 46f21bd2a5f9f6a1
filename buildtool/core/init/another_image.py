"""A value that runs an image of ours by another name: why Flux cannot write it yet, and what to type in its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import canonical
from buildtool.core.flux.tree.layers import split_image
from buildtool.core.init.found import ByHand, NamedIn
from buildtool.core.init.name_choice import as_name
from buildtool.core.init.setter_comments import comment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from buildtool.core.init.found import Image, ImageUse

_NO_TAG = "latest"  # what is run where nothing says which


def by_hand(use: ImageUse, images: Sequence[Image], host: str) -> Iterator[ByHand]:
    """What to change where the use is one of the images by name, in another registry or without one; else nothing.

    `init` does not change it: until the first push the image is not there by its new name, and nothing could run it.
    """
    image = next((one for one in images if _is(use, one)), None)
    if image is None or use.renamed:
        return
    full = f"{host}/{image.path}"
    if canonical(use.image) != canonical(full):
        reason = f"it runs {use.image}: it gets a setter once it runs {full}, which is there after the first push"
        yield ByHand(f"{use.path}:{use.line}", reason, "\n".join(_lines(use, full, image.policy)))


def _is(use: ImageUse, image: Image) -> bool:
    """Of the same name, or the very one that the compose file gives to what it builds."""
    said = split_image(image.recipe.image)[0]
    return as_name(use.image.rpartition("/")[2]) == image.name or (said != "" and use.image == said)


def _lines(use: ImageUse, full: str, policy: str) -> Iterator[str]:
    """The lines of YAML that take the place of those that are there."""

    def marked(text: str, part: str) -> str:
        return f"{text} {comment(policy, part)}" if policy else text

    tag = use.tag if use.tag and "$" not in use.tag else _NO_TAG
    parts = [slot.part for slot in use.slots]
    if parts == [""]:
        yield marked(f"image: {full}:{tag}", "")
        return
    if use.origin is NamedIn.KUSTOMIZE:
        yield f"newName: {full}"
        yield marked(f"newTag: {json.dumps(tag)}", "tag")
        return
    if parts == ["tag"]:
        host, _, path = full.partition("/")
        yield f"registry: {host}"
        yield f"repository: {path}"
    else:
        yield marked(f"repository: {full}", "name")
    yield marked(f"tag: {json.dumps(tag)}", "tag")
