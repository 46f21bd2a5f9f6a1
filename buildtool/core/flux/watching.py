"""Which policies see what is pushed, and whether an image's own policy looks where it is pushed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import canonical, image_problem
from buildtool.core.flux.substitution import is_unknown
from buildtool.errors.rules_configuration import IMAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from buildtool.core.flux.manifests import Manifests, Policy
    from buildtool.errors.findings import Finding, Place, Severity


_SEVERAL = 2


def watchers(manifests: Manifests, policies: Collection[str], repositories: Collection[str]) -> list[Policy]:
    """The policies that see a push: those named, then others on the repositories; none that Flux cannot use.

    `policies` are written `namespace:name`, `repositories` `host[:port]/path`. Every cluster counts.
    """
    own = [policy for key in policies for policy in manifests.found if policy.key == key]
    pushed = {canonical(one) for one in repositories}
    seen = [one for one in manifests.watched if canonical(one.image) in pushed]
    others = [policy for policy in manifests.found if seen and manifests.repositories_of(policy, seen)]
    return [policy for policy in dict.fromkeys([*own, *others]) if policy.known]


def differing(manifests: Manifests, found: Sequence[Policy]) -> bool:
    """Whether policies of one name may select different tags: each of a cluster of its own, say, and not one file."""
    first, *others = found
    return any(one.unreadable or first.unreadable or not _same(manifests, one, first) for one in others)


def ambiguous(manifests: Manifests, policy: str) -> str:
    """Where the policies `namespace:name` stand if they differ, as a warning; "" where there is one."""
    found = [one for one in manifests.found if one.key == policy]
    if len(found) < _SEVERAL or not differing(manifests, found):
        return ""
    places = ", ".join(str(one.item.place) for one in found)
    differ = f"{policy} is the key of {len(found)} policies that differ ({places})"
    return f"{differ}: what is said about Flux holds for the first"


def _same(manifests: Manifests, one: Policy, other: Policy) -> bool:
    lists = [[watched.exclusion_list for watched in manifests.repositories_of(policy)] for policy in (one, other)]
    same = (one.value.filter, one.value.choice) == (other.value.filter, other.value.choice)
    return one.key == other.key and same and lists[0] == lists[1]


def elsewhere(  # the facts, one by one
    manifests: Manifests,
    image: str,
    pushed: Sequence[str],
    policy: str,
    place: Place | None = None,
    severity: Severity | None = None,
) -> Iterator[Finding]:
    """config-image-mismatch: an image is pushed to other repositories than its policy watches, in every cluster.

    `pushed` are `host[:port]/path`, where it is published and then its mirrors; `policy` is `namespace:name`. Nothing
    is found where the watched repository is not known, or no name that Flux can use. A command that may be told another
    registry than the committed one gives its own severity.
    """
    watched = [one for found in manifests.named(policy) for one in manifests.repositories_of(found)]
    if not watched or any(is_unknown(one.image) or image_problem(one.image) for one in watched):
        return
    places = {canonical(one) for one in pushed}
    if all(canonical(one.image) not in places for one in watched):
        first = watched[0]
        message = f"image {image} is published to {', '.join(pushed)}, {policy} watches {first.image} ({first.place})"
        fix = f"write image: {pushed[0]} in {first.place}, or correct registry in buildtool.toml"
        yield IMAGE.at(place, message, fix=fix, severity=severity)
