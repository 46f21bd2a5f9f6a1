"""What Flux selects now, and what it will select once the tag of this run is there: asked before anything is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.tags import parse_tag
from buildtool.core.flux.policy import newest_number, refusal, select, takes
from buildtool.core.flux.policy.exclusion import DEFAULT_EXCLUSIONS, not_excluded
from buildtool.core.flux.policy.failure import PolicyFailure
from buildtool.core.flux.policy.hidden import judge as judge_hidden
from buildtool.core.flux.watching import watchers
from buildtool.core.text.suggestions import did_you_mean
from buildtool.usecases.hidden_tags import hidden_tags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from buildtool.config import Config, ImageConfig
    from buildtool.core.flux.manifests import ImageRepository, Manifests
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.errors.findings import Finding

_NO_TIME = 10**10


def policy_of(image: ImageConfig, manifests: Manifests) -> ImagePolicy | None:
    """The image's ImagePolicy; raises policy-unknown and policy-refused (the API server will not take it)."""
    if image.policy is None:
        return None
    refuse_invalid(image.policy, manifests)
    found = manifests.policies.get(image.policy)
    if found is not None:
        return found
    if image.policy in manifests.unreadable:
        reason, place = manifests.unreadable[image.policy]
        raise errors.BuildtoolError(errors.POLICY_UNKNOWN, f"{image.policy} cannot be read: {reason}", place=str(place))
    known, meant = ", ".join(sorted(manifests.policies)) or "none", did_you_mean(image.policy, manifests.policies)
    raise errors.BuildtoolError(
        errors.POLICY_UNKNOWN,
        f"images.{image.name}.policy is {image.policy!r}; the manifests of this repository define: {known}{meant}",
    )


def refuse_invalid(policy: str, manifests: Manifests) -> None:
    """Raise policy-refused where the API server refuses the policy `namespace:name` or its ImageRepository."""
    refusal = manifests.refusal_of(policy)
    if refusal is not None:
        raise errors.BuildtoolError(
            errors.POLICY_REFUSED, refusal.reason, fix=refusal.fix or None, place=str(refusal.place)
        )


def require_match(name: str, policy: ImagePolicy, tag: str) -> None:
    """Refuse a tag that the policy would not even consider; says policy, pattern, tag, and the part that differs."""
    why = refusal(policy, tag)
    if not why:
        return
    pattern = policy.filter.pattern if policy.filter else "(no filterTags)"
    raise errors.BuildtoolError(
        errors.POLICY_MISMATCH,
        f"{name}: {why}\n    pattern  {pattern}",
        place=str(policy.place) if policy.place else None,
    )


def require_dirty_hidden(name: str, policy: ImagePolicy, tag: str) -> None:
    """Refuse to publish uncommitted files under a tag that Flux would deploy."""
    if not takes(policy, tag):
        return
    raise errors.BuildtoolError(
        errors.WOULD_DEPLOY,
        f"{name}: ImagePolicy {policy.namespace}:{policy.name} would deploy {tag}, which holds uncommitted files",
        place=str(policy.place) if policy.place else None,
        fix="anchor the policy's pattern, so that it does not match -dirty tags, or commit the changes",
    )


def require_win(name: str, policy: ImagePolicy, tags: Sequence[str], tag: str) -> None:
    """Refuse a tag that the policy would consider and not choose, or choose only sometimes."""
    selection = select(policy, [*tags, tag])
    if selection.winner == tag and len(selection.possible) <= 1:
        return
    if selection.error is not None:
        reason = f"Flux's evaluation fails: {selection.error}"
    elif tag in selection.possible:
        others = ", ".join(other for other in selection.possible if other != tag)
        reason = f"it ties with {others}, and Flux's choice between them is random"
    else:
        reason = f"Flux prefers {selection.winner}"
    raise errors.BuildtoolError(
        errors.POLICY_MISMATCH,
        f"{name}: ImagePolicy {policy.namespace}:{policy.name} would not select {tag}: {reason}",
        place=str(policy.place) if policy.place else None,
        fix="correct the policy (buildtool policy explain shows its choice), or publish it anyway with --no-deploy",
    )


def require_no_deploy(name: str, policy: ImagePolicy, tags: Sequence[str], tag: str) -> None:
    """Refuse a tag that Flux would deploy, or might, for a run that is not to be deployed."""
    if tag in select(policy, [*tags, tag]).possible:
        raise errors.BuildtoolError(
            errors.WOULD_DEPLOY,
            f"{name}: ImagePolicy {policy.namespace}:{policy.name} would deploy {tag}, and this run is not to be "
            "deployed",
            place=str(policy.place) if policy.place else None,
            fix="leave --no-deploy out, or name a branch that the policy does not take: --no-deploy --branch NAME",
        )


def watching(manifests: Manifests, config: Config, images: Mapping[str, ImagePolicy | None]) -> list[ImagePolicy]:
    """The policies that see what is pushed for these images: configured ones, and others on their repositories."""
    own = [policy for policy in images.values() if policy is not None]
    return _seen_by(manifests, own, {str(config.repository(name)) for name in images})


def _seen_by(manifests: Manifests, own: list[ImagePolicy], repositories: Collection[str]) -> list[ImagePolicy]:
    others = [policy.value for policy in watchers(manifests, (), repositories)]
    return own + [policy for policy in others if policy not in own]


def require_all_hidden(config: Config, manifests: Manifests, images: Mapping[str, ImagePolicy | None]) -> None:
    """Refuse settings under which a run pushes what is no proven image where a policy could select it."""
    errors.raise_first(visible_tags(config, manifests, images))


def visible_tags(config: Config, manifests: Manifests, images: Mapping[str, ImagePolicy | None]) -> Iterator[Finding]:
    """The tags of what is no proven image that a policy could select, each as an error."""
    for hidden in hidden_tags(config, list(images)):
        there = {name for name in images if str(config.repository(name)) in hidden.repositories}
        own = [policy for name, policy in images.items() if policy is not None and name in there]
        yield from judge_hidden(hidden, _seen_by(manifests, own, hidden.repositories))


def visible(tags: Iterable[str], repository: ImageRepository | None) -> list[str]:
    """The tags Flux sees of those in the registry: without what the ImageRepository's exclusionList names."""
    patterns = repository.exclusion_list if repository is not None and repository.exclusion_list else DEFAULT_EXCLUSIONS
    try:
        return not_excluded(tags, patterns)
    except PolicyFailure as failure:
        place = str(repository.place) if repository is not None else None
        raise errors.BuildtoolError(errors.EXCLUSION_LIST, f"exclusionList: {failure}", place=place) from failure


def next_time(now: int, newest: Iterable[int | None]) -> int:
    """Timestamps only grow: `max(now, newest published + 1)`."""
    return max([now, *(number + 1 for number in newest if number is not None)])


def newest_time(policy: ImagePolicy | None, tags: Sequence[str], branch: str) -> int | None:
    """The greatest time published: what the policy extracts, and what our own tags of the branch say.

    Tags that the policy does not take count too, dirty and undeployed ones: the next tag is not to repeat one of them.
    But a number of more than ten digits is no time, and would lift all that follow out of the policy's pattern.
    """
    times = [parsed.time for parsed in map(parse_tag, tags) if parsed and parsed.branch == branch]
    if policy is not None:
        times = [time for time in times if time < _NO_TIME]
    number = newest_number(policy, tags) if policy is not None else None
    return max([*times, *([number] if number is not None else [])], default=None)


def current(policy: ImagePolicy | None, tags: Sequence[str], branch: str) -> str | None:
    """The tag that is deployed now: Flux's choice, or without a policy the newest of our own tags of the branch."""
    if policy is not None:
        return select(policy, tags).winner if tags else None
    ours = [
        (parsed.time, tag)
        for tag in tags
        if (parsed := parse_tag(tag)) and parsed.branch == branch and not parsed.dirty
    ]
    return max(ours)[1] if ours else None


def choices(policy: ImagePolicy | None, tags: Sequence[str], branch: str) -> list[str]:
    """Every tag that may be deployed now: one, unless Flux's choice between several is random."""
    if policy is None:
        tag = current(None, tags, branch)
        return [tag] if tag else []
    selection = select(policy, tags)
    return list(selection.possible) or ([selection.winner] if selection.winner else [])
