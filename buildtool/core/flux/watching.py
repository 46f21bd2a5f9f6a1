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


def may_see(manifests: Manifests, policies: Collection[str], repositories: Collection[str]) -> list[Policy]:
    """Every policy of the tree that could be given tags of these registries, whatever repository it reads now.

    Left out are those that are known to read another registry's images only. `policies` and `repositories` are written
    as for `watchers`; policies that Flux cannot use are left out too, those that cannot be known from here are not.
    """
    ours = [policy for key in policies for policy in manifests.named(key)]
    watched = [one.image for policy in ours for one in manifests.repositories_of(policy)]
    hosts = {_host(one) for one in [*repositories, *watched] if not is_unknown(one)}
    return [policy for policy in manifests.found if policy.refusal is None and _may_read(manifests, policy, hosts)]


def _may_read(manifests: Manifests, policy: Policy, hosts: Collection[str]) -> bool:
    images = [one.image for one in manifests.repositories_of(policy)]
    return not images or any(is_unknown(one) or _host(one) in hosts for one in images)


def _host(image: str) -> str:
    return canonical(image).partition("/")[0]


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
