"""What happens to the further tags of an image (`latest`, a branch, `pr-12`): written, moved, or left where they are.

A tag that is there is moved only from a commit that is not newer, and from a version that is not higher: what it
points at is read, and where that does not tell, the tag stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.age import CommitOrder
from buildtool.core.commit.versions import version_of
from buildtool.core.flux.policy import takes
from buildtool.core.flux.policy.hidden import Hidden
from buildtool.core.flux.policy.hidden import judge as judge_hidden
from buildtool.core.flux.watching import may_see, watchers
from buildtool.core.image.labels import VERSION
from buildtool.core.text.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.config import Config
    from buildtool.core.commit.further import FurtherTag
    from buildtool.core.flux.manifests import Manifests, Policy
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest
    from buildtool.errors.findings import Finding
    from buildtool.usecases.push.age import Age
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.options import Source
    from buildtool.usecases.push.plan import Published

_MOVES = "it moves from image to image, past the order of the tags that builds get"


class Fate(StrEnum):
    """What a run does with one further tag."""

    NEW = "new"
    MOVES = "moves"
    THERE = "there"  # it points at the image already
    STAYS = "stays"
    LEFT_OUT = "left out"  # this run has no such tag


@dataclass(frozen=True, slots=True)
class Further:
    """One further tag of one image. `why` says where it comes from, or why it is not written.

    `before` is the manifest that it points at now, None where there is none.
    """

    template: str
    tag: str
    fate: Fate
    why: str = ""
    before: Manifest | None = None

    @property
    def written(self) -> bool:
        return self.fate in {Fate.NEW, Fate.MOVES}


def require_untaken(config: Config, manifests: Manifests, further: Mapping[str, Sequence[FurtherTag]]) -> list[str]:
    """Refuse a further tag that any policy of the tree could select; warnings where that cannot be known.

    `further` are the tags of each image. Raises further-tag.
    """
    written = {name: texts for name, tags in further.items() if (texts := [one.text for one in tags if one.text])}
    if not written:
        return []
    keys = [image.policy for image in config.images.values() if image.policy]
    every = may_see(manifests, keys, [str(config.repository(name)) for name in config.images])
    known = [policy for policy in every if policy.known]
    errors.raise_first(finding for name, texts in written.items() for finding in _taken(config, manifests, known, name, texts))
    return [
        f"ImagePolicy {policy.key} ({policy.item.place}) cannot be read here: whether it takes a further tag of "
        f"{', '.join(written)} is unknown"
        for policy in every
        if not policy.known
    ]


def _taken(
    config: Config, manifests: Manifests, policies: Sequence[Policy], name: str, texts: Sequence[str]
) -> Iterator[Finding]:
    """An error for each tag that a policy takes, or that a policy which reads this repository would fail on."""
    own = config.images[name].policy
    readers = watchers(manifests, [own] if own else [], [str(config.repository(name))])
    for text in texts:
        judged = [policy.value for policy in policies if policy in readers or takes(policy.value, text)]
        for found in judge_hidden(Hidden(f"images.{name}.tags", text, _MOVES), judged, errors.FURTHER_TAG):
            fix = f"anchor the policy's pattern, so that it does not take {text!r}, or leave it out of images.{name}.tags"
            yield replace(found, fix=fix)


class FurtherTags:
    """Judges the tags that are in the registry now; `allow_older` is True with --allow-older."""

    def __init__(self, live: LiveTags, age: Age, source: Source, *, allow_older: bool) -> None:
        self._live = live
        self._age = age
        self._source = source
        self._allow_older = allow_older

    def planned(
        self, repository: Repository, wanted: Sequence[FurtherTag], seen: frozenset[str], digest: str | None
    ) -> list[Further]:
        """What happens to each, where the image has that digest, or is to be built (None)."""
        return [self._one(repository, one, seen, digest) for one in wanted]

    def _one(self, repository: Repository, one: FurtherTag, seen: frozenset[str], digest: str | None) -> Further:
        if not one.text:
            return Further(one.template, "", Fate.LEFT_OUT, one.why)
        if one.text not in seen:
            return Further(one.template, one.text, Fate.NEW)
        there, _ = self._live.published(repository, one.text)
        if there is None:
            why = "what it points at cannot be read as an image, so whether that is newer is unknown"
            return Further(one.template, one.text, Fate.STAYS, why)
        if there.proof.digest == digest:
            return Further(one.template, one.text, Fate.THERE, before=there.manifest)
        why = "" if self._allow_older else self._newer(there)
        from_what = f"from {_named(there)}"
        return Further(one.template, one.text, Fate.STAYS if why else Fate.MOVES, why or from_what, there.manifest)

    def _newer(self, there: Published) -> str:
        """Why the tag may not leave what it points at; "" where it may."""
        theirs, release = version_of(there.proof.label(VERSION)), self._source.release
        if theirs is not None and release is not None and theirs.compare(release.version) > 0:
            return f"it points at the higher version {theirs}"
        verdict = self._age.order(there)
        if verdict is CommitOrder.OLDER:
            return f"it points at {_named(there)}, of a newer commit"
        if verdict is CommitOrder.UNKNOWN:
            return f"it points at {_named(there)}: whether its commit is newer is unknown ({self._age.hint()})"
        return ""


def _named(there: Published) -> str:
    """An image as its labels call it, else by its digest."""
    return one_line(there.proof.label(VERSION) or "")[:128] or there.proof.digest[: len("sha256:") + 12]
