"""Where `policy explain` takes its policy and tags from, and how the answer looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from buildtool.cli.output import Styled
from buildtool.core.flux.manifests import IMAGE_GROUP, find_policies
from buildtool.core.flux.policy import Choice, FilterTags, ImagePolicy
from buildtool.core.flux.policy.image_policy import well_formed
from buildtool.core.flux.watching import differing
from buildtool.core.text.printable import one_line
from buildtool.core.text.suggestions import did_you_mean
from buildtool.core.text.units import counted
from buildtool.errors import POLICY_UNKNOWN, USAGE, BuildtoolError
from buildtool.usecases.images import named_image
from buildtool.usecases.policy_explain import some
from buildtool.usecases.push.selection import refuse_invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.cli.output import Output, Text
    from buildtool.cli.wiring import Wiring
    from buildtool.core.flux.manifests import ImageRepository
    from buildtool.core.image.names import Repository
    from buildtool.usecases.policy_explain import Explanation

_LISTED = 5  # of a list in one line; then how many more there are


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


class Chosen(NamedTuple):
    """The policy to explain, its image's repository where that is known, and the ImageRepository that it reads."""

    policy: ImagePolicy
    repository: Repository | None = None
    watched: ImageRepository | None = None

    @property
    def without_repository(self) -> str:
        """Why no repository is known."""
        return f"no image in buildtool.toml uses {self.policy.ref}" if self.policy.name else "no image was named"


def chosen(wiring: Wiring, target: str | None, options: ImagePolicy | None, file: str | None) -> Chosen:
    """The policy to explain; raises usage, policy-unknown.

    `target` is `namespace:name`, the name of an image in buildtool.toml, or the name of a policy in any namespace;
    `file` chooses among policies of one name.
    """
    if options is not None:
        if target is not None and ":" in target:
            raise BuildtoolError(
                USAGE, f"{target} names a policy, and the options describe another", fix="give one of them"
            )
        return Chosen(options, _repository(wiring, target) if target is not None else None)
    if target is None:
        raise BuildtoolError(
            USAGE,
            "no policy was named",
            fix="name one (buildtool policy explain flux-system:frontend), or describe one: --pattern … --numerical",
        )
    images = wiring.config.images if wiring.config_path is not None else {}
    if ":" in target:
        used_by = next((image.name for image in images.values() if image.policy == target), None)
        return _committed(wiring, target, _repository(wiring, used_by) if used_by else None, file)
    by_name = any(key.partition(":")[2] == target for key in _known(wiring)) or wiring.config_path is None
    if target not in images and by_name:
        return _committed(wiring, target, None, file)
    repository = _repository(wiring, target)
    key = wiring.config.images[target].policy
    if key is None:
        raise BuildtoolError(POLICY_UNKNOWN, f"images.{target} has no policy in buildtool.toml")
    return _committed(wiring, key, repository, file)


def _known(wiring: Wiring) -> list[str]:
    return sorted({policy.key for policy in wiring.manifests.found})


def _committed(wiring: Wiring, name: str, repository: Repository | None, file: str | None) -> Chosen:
    """The committed policy `namespace:name`, or `name` in any namespace; raises usage where there are several."""
    manifests = wiring.manifests
    found = [one for one in manifests.found if name in (one.key, one.key.partition(":")[2])]
    if not found:
        known = _known(wiring)
        listed, meant = some(known, _LISTED) or "none", did_you_mean(name, known)
        raise BuildtoolError(
            POLICY_UNKNOWN, f"there is no ImagePolicy {name} in the manifests (there are: {listed}){meant}"
        )
    if file is not None:
        found = [one for one in found if one.item.path == file] or found
    policy = found[0]
    if differing(manifests, found):
        places = [f"{one.key} ({one.item.place})" for one in found]
        raise BuildtoolError(
            USAGE,
            f"{name} is the name of {len(found)} policies: {some(places, _LISTED)}",
            fix=f"name the namespace too, or the file: --file {found[0].item.path}",
        )
    refuse_invalid(policy.key, manifests)
    if policy.unreadable:
        reason = f"{policy.key} cannot be read: {policy.unreadable}"
        raise BuildtoolError(POLICY_UNKNOWN, reason, place=str(policy.item.place))
    return Chosen(policy.value, repository, next(iter(manifests.repositories_of(policy)), None))


def _repository(wiring: Wiring, image: str) -> Repository:
    return wiring.config.repository(named_image(wiring.config, image).name)


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
    yield f"matched   {found.matched} of {counted(found.total, 'tag')}"
    if found.excluded:
        yield f"excluded  {len(found.excluded)} by the exclusionList: {some(found.excluded, _LISTED)}"
    yield from _winner(found)
    yield f"why       {found.why}"
    for warning in selection.warnings:
        yield [Styled("warning   ", "yellow"), warning]
    for finding in found.lints:
        if selection.error is None or selection.error.message not in finding.message:  # `why` has said that
            yield [Styled("check     ", "yellow"), f"{finding.severity.value}[{finding.code}]: {finding.message}"]
    yield from _others(found)


def _winner(found: Explanation) -> Iterable[Text]:
    selection = found.selection
    if selection.winner is not None:
        yield Styled(f"winner    {selection.winner}", bold=True)
        yield f"extracted {selection.extracted}"
    if selection.ambiguous:
        yield from (f"possible  {candidate.tag}  ({candidate.extracted})" for candidate in found.best[:_LISTED])
        yield from _more("possible  ", len(found.best) - _LISTED)


def _others(found: Explanation) -> Iterable[Text]:
    """Who is behind the winner, and who does not take part."""
    if found.runners_up:
        yield "runners-up"
        for number, candidate in enumerate(found.runners_up, 2):
            yield f"  {number}. {candidate.tag}  ({candidate.value})"
        yield from _more("  ", found.matched - len(found.best) - len(found.runners_up))
    if found.near:
        yield "not taken"
        for miss in found.near:
            yield f"  {one_line(miss.tag)}: {miss.message}"
            if miss.position is not None:
                yield f"  {' ' * len(one_line(miss.tag[: miss.position]))}^"
        yield from _more("  ", found.left_out - len(found.near))


def _more(indent: str, number: int) -> Iterable[str]:
    return (f"{indent}and {number} more",) if number > 0 else ()


def _order(policy: ImagePolicy) -> str:
    first, *ignored = policy.choice.kinds or ("none",)
    value = getattr(policy.choice, first, None)
    also = f" ({', '.join(ignored)} is set too, and ignored)" if ignored else ""
    return f"{first} {value or ('asc' if first in {'numerical', 'alphabetical'} else '')}".rstrip() + also


def _or_none(text: str | None, otherwise: str) -> str:
    return text or f"(none: {otherwise})"
