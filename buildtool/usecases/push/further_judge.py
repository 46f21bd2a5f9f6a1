"""Judges what happens to the further tags of an image: written, moved, or left where they are.

A tag that is there is moved only from a commit that is not newer, and from a version that is not higher: what it
points at is read, and where that does not tell, the tag stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.age import CommitOrder
from buildtool.core.commit.versions import version_of
from buildtool.core.flux.hidden_tag import further_tag
from buildtool.core.flux.policy import takes
from buildtool.core.flux.policy.hidden import judge as judge_hidden
from buildtool.core.flux.watching import may_see, watchers
from buildtool.core.image.labels import VERSION
from buildtool.core.text.printable import one_line
from buildtool.usecases.hidden_tags import hidden_tags
from buildtool.usecases.push.further import Further, FurtherFate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from buildtool.config import Config
    from buildtool.core.commit.further_tags import FurtherTag
    from buildtool.core.flux.manifests import Manifests, Policy
    from buildtool.core.image.names import Repository
    from buildtool.errors.findings import Finding
    from buildtool.usecases.push.age import Age
    from buildtool.usecases.push.live import LiveTags
    from buildtool.usecases.push.options import Source
    from buildtool.usecases.push.plan import Published


def require_untaken(config: Config, manifests: Manifests, further: Mapping[str, Sequence[FurtherTag]]) -> list[str]:
    """Refuse a further tag that any policy of the tree could select; warnings where that cannot be known.

    `further` are the tags of each image. Raises further-tag.
    """
    written = {name: texts for name, tags in further.items() if (texts := [one.text for one in tags if one.text])}
    if not written:
        return []
    for name, texts in written.items():
        _require_no_other_use(config, name, texts)
    keys = [image.policy for image in config.images.values() if image.policy]
    every = may_see(manifests, keys, [place for name in config.images for place in config.places(name)])
    known = [policy for policy in every if policy.known]
    for name, texts in written.items():
        errors.raise_first(_taken(config, manifests, known, name, texts))
    return [
        f"ImagePolicy {policy.key} ({policy.item.place}) cannot be read here: whether it takes a further tag of "
        f"{', '.join(written)} is unknown"
        for policy in every
        if not policy.known
    ]


def _require_no_other_use(config: Config, name: str, texts: Sequence[str]) -> None:
    """Refuse a tag that a push writes something else under: the name of a branch may be any."""
    repository = str(config.repository(name))
    for hidden in hidden_tags(config, list(config.images)):
        if hidden.tag in texts and repository in hidden.repositories:
            message = (
                f"images.{name}.tags makes the tag {hidden.tag} here, which {hidden.setting} writes: {hidden.content}"
            )
            fix = f"rename the branch, or set {hidden.setting} to another tag"
            raise errors.BuildtoolError(errors.FURTHER_TAG, message, fix=fix)


def _taken(
    config: Config, manifests: Manifests, policies: Sequence[Policy], name: str, texts: Sequence[str]
) -> Iterator[Finding]:
    """An error for each tag that a policy takes, or that a policy which reads this repository would fail on."""
    own = config.images[name].policy
    readers = watchers(manifests, [own] if own else [], config.places(name))
    for text in texts:
        judged = [policy.value for policy in policies if policy in readers or takes(policy.value, text)]
        for found in judge_hidden(further_tag(f"images.{name}.tags", text), judged, errors.FURTHER_TAG):
            fix = f"anchor the policy's pattern, so that it leaves {text!r} alone, or take it out of images.{name}.tags"
            yield replace(found, fix=fix)


class FurtherTags:
    """Judges the tags that are in the registry now: --allow-older moves none of them."""

    def __init__(self, live: LiveTags, age: Age, source: Source) -> None:
        self._live = live
        self._age = age
        self._source = source

    def planned(
        self, repository: Repository, wanted: Sequence[FurtherTag], seen: frozenset[str], digest: str | None
    ) -> list[Further]:
        """What happens to each, where the image has that digest, or is to be built (None)."""
        return [self._one(repository, one, seen, digest) for one in wanted]

    def _one(self, repository: Repository, one: FurtherTag, seen: frozenset[str], digest: str | None) -> Further:
        if not one.text:
            return Further(one.template, "", FurtherFate.LEFT_OUT, one.why)
        if one.text not in seen:
            return Further(one.template, one.text, FurtherFate.NEW)
        there, _ = self._live.published(repository, one.text)
        if there is None:
            why = "what it points at cannot be read as an image, so whether that is newer is unknown"
            return Further(one.template, one.text, FurtherFate.STAYS, why)
        if there.proof.digest == digest:
            return Further(one.template, one.text, FurtherFate.THERE, before=there.manifest)
        why = self._newer(there)
        fate = FurtherFate.STAYS if why else FurtherFate.MOVES
        return Further(one.template, one.text, fate, why or f"from {_named(there)}", there.manifest)

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
