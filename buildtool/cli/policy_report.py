"""Where `policy explain` takes its policy and tags from, and how the answer looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from buildtool.cli.output import Styled
from buildtool.cli.stdin import read_file
from buildtool.core.flux.manifests import IMAGE_GROUP, find_policies
from buildtool.core.flux.policy import Choice, FilterTags, ImagePolicy
from buildtool.core.flux.policy.exclusion import DEFAULT_EXCLUSIONS, not_excluded
from buildtool.core.flux.policy.failure import PolicyFailure
from buildtool.core.flux.policy.image_policy import well_formed
from buildtool.core.text.printable import one_line
from buildtool.core.text.suggestions import did_you_mean
from buildtool.errors import CONFIG_INVALID, POLICY_UNKNOWN, USAGE, BuildtoolError
from buildtool.usecases.images import named_image
from buildtool.usecases.push.selection import refuse_invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.cli.output import Output, Text
    from buildtool.cli.wiring import Wiring
    from buildtool.core.image.names import Repository
    from buildtool.usecases.policy_explain import Explanation

_LARGEST = 256 << 20


def described(
    pattern: str | None, extract: str | None, numerical: str | None, alphabetical: str | None, semver: str | None
) -> ImagePolicy | None:
    """The policy that the options describe, None where none was given; raises policy-refused for a wrong order."""
    if all(value is None for value in (pattern, extract, numerical, alphabetical, semver)):
        return None
    chosen = None
    if pattern is not None or extract is not None:
        chosen = FilterTags(well_formed(pattern or ""), well_formed(extract or ""))
    _refuse_order({"alphabetical": alphabetical, "numerical": numerical})
    return ImagePolicy(filter=chosen, choice=Choice(semver, alphabetical, numerical))


def _refuse_order(orders: Mapping[str, str | None]) -> None:
    choice = {name: {"order": order} for name, order in orders.items() if order is not None}
    identity = {"apiVersion": f"{IMAGE_GROUP}/v1", "kind": "ImagePolicy", "metadata": {"name": "described"}}
    spec = {"imageRepositoryRef": {"name": "described"}, "policy": choice}
    refuse_invalid(":described", find_policies([("the options", json.dumps({**identity, "spec": spec}))]))


def chosen(wiring: Wiring, target: str | None, options: ImagePolicy | None) -> tuple[ImagePolicy, Repository | None]:
    """The policy to explain, and the image's repository where it is known; raises usage, policy-unknown."""
    if options is not None:
        if target is not None and ":" in target:
            raise BuildtoolError(
                USAGE, f"{target} names a policy, and the options describe another", fix="give one of them"
            )
        return options, _repository(wiring, target) if target is not None else None
    if target is None:
        raise BuildtoolError(
            USAGE,
            "no policy was named",
            fix="name one (buildtool policy explain flux-system:frontend), or describe one: --pattern … --numerical",
        )
    if ":" in target:
        images = wiring.config.images.values() if wiring.config_path is not None else ()
        used_by = next((image.name for image in images if image.policy == target), None)
        return _committed(wiring, target), _repository(wiring, used_by) if used_by else None
    repository = _repository(wiring, target)
    key = wiring.config.images[target].policy
    if key is None:
        raise BuildtoolError(POLICY_UNKNOWN, f"images.{target} has no policy in buildtool.toml")
    return _committed(wiring, key), repository


def _committed(wiring: Wiring, key: str) -> ImagePolicy:
    refuse_invalid(key, wiring.manifests)
    found = wiring.policies.get(key)
    if found is not None:
        return found
    if key in wiring.manifests.unreadable:
        reason, place = wiring.manifests.unreadable[key]
        raise BuildtoolError(POLICY_UNKNOWN, f"{key} cannot be read: {reason}", place=str(place))
    known, meant = ", ".join(sorted(wiring.policies)) or "none", did_you_mean(key, wiring.policies)
    raise BuildtoolError(POLICY_UNKNOWN, f"there is no ImagePolicy {key} in the manifests (there are: {known}){meant}")


def _repository(wiring: Wiring, image: str) -> Repository:
    return wiring.config.repository(named_image(wiring.config, image).name)


def registry_tags(wiring: Wiring, policy: ImagePolicy, repository: Repository | None) -> list[str]:
    """The tags in the registry that Flux stores; raises registry-*, or usage where no image tells which repository."""
    if repository is None:
        about = f"no image in buildtool.toml uses {policy.ref}" if policy.name else "no image was named"
        raise BuildtoolError(
            USAGE, f"there are no tags to look at: {about}", fix="give them with --tags FILE, or --tags - for stdin"
        )
    return stored(wiring, policy, wiring.registry.tags(repository))


def stored(wiring: Wiring, policy: ImagePolicy, tags: Iterable[str]) -> list[str]:
    """The tags without those that the exclusionList of the policy's ImageRepository names; raises config-invalid."""
    found = None
    if policy.name:
        found = wiring.manifests.repositories.get(wiring.manifests.policy_repository.get(policy.ref, ""))
    patterns = found.exclusion_list if found is not None and found.exclusion_list else DEFAULT_EXCLUSIONS
    try:
        return not_excluded(tags, patterns)
    except PolicyFailure as failure:
        place = str(found.place) if found is not None else None
        raise BuildtoolError(CONFIG_INVALID, f"exclusionList: {failure.error.message}", place=place) from None


def read_tags(file: str) -> list[str]:
    """Tags, one a line, blank lines left out, from a file or `-`; raises usage."""
    lines = read_file(file, _LARGEST).decode("utf-8", "replace").split("\n")
    return [line for line in (text.removesuffix("\r") for text in lines) if line]


def show(output: Output, found: Explanation) -> None:
    for line in _lines(found):
        output.data(line)


def _lines(found: Explanation) -> Iterable[Text]:
    policy, selection = found.policy, found.selection
    if policy.name:
        yield f"policy    {policy.ref}" + (f"  ({policy.place})" if policy.place else "")
    yield f"pattern   {_or_none(policy.filter.pattern if policy.filter else None, 'every tag')}"
    yield f"extract   {_or_none(policy.filter.extract if policy.filter else None, 'the whole tag')}"
    yield f"order     {_order(policy)}"
    yield f"matched   {found.matched} of {found.total} tags"
    if selection.winner is not None:
        yield Styled(f"winner    {selection.winner}", bold=True)
        yield f"extracted {selection.extracted}"
    for candidate in found.best if selection.ambiguous else ():
        yield f"possible  {candidate.tag}  ({candidate.extracted})"
    yield f"why       {found.why}"
    for warning in selection.warnings:
        yield [Styled("warning   ", "yellow"), warning]
    if found.runners_up:
        yield "runners-up"
        for number, candidate in enumerate(found.runners_up, 2):
            yield f"  {number}. {candidate.tag}  ({candidate.value})"
    if found.near:
        yield "not taken"
        for miss in found.near:
            yield f"  {one_line(miss.tag)}: {miss.message}"
            if miss.position is not None:
                yield f"  {' ' * len(one_line(miss.tag[: miss.position]))}^"


def _order(policy: ImagePolicy) -> str:
    first, *ignored = policy.choice.kinds or ("none",)
    value = getattr(policy.choice, first, None)
    also = f" ({', '.join(ignored)} is set too, and ignored)" if ignored else ""
    return f"{first} {value or ('asc' if first in {'numerical', 'alphabetical'} else '')}".rstrip() + also


def _or_none(text: str | None, otherwise: str) -> str:
    return text or f"(none: {otherwise})"
