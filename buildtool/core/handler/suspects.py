"""What is known of an image that an alert may be about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class SetLine:
    """A setter of the image in a file that the Kustomization applies.

    `commit` wrote `tag` there and replaced `replaced` ("" where that is not known). `human` says why that commit is not
    the automation's own, "" where it is. `healthy` is the tag that stood there when the Kustomization was healthy for
    the last time, "" where nobody knows; `edited` a file of the Kustomization that was changed since, "" for none.
    """

    path: str
    setter: str
    tag: str
    commit: str
    replaced: str
    human: str = ""
    healthy: str = ""
    edited: str = ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """An image whose setters lie in what the Kustomization applies.

    `tags` are all tags of its repository, `selected` the one that Flux selects from them ("" for none);
    `republished` says whether `selected` is an older image under a newer time. `target_fault` says why the image that
    was replaced cannot be deployed again, "" where it can.
    """

    image: str
    lines: Sequence[SetLine]
    tags: Sequence[str]
    selected: str
    republished: bool
    target_fault: str = ""
