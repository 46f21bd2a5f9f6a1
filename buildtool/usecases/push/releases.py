"""Releases: a version is published once, from one content, and goes over lower versions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.commit.versions import BY_PRECEDENCE, version_of
from buildtool.core.flux.policy import refusal, select, takes
from buildtool.core.image.labels import REVISION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buildtool.core.build.inputs import Inputs
    from buildtool.core.commit.tags import Tag
    from buildtool.core.commit.versions import Version
    from buildtool.core.flux.policy import ImagePolicy
    from buildtool.usecases.push.plan import Published


def require_versions(name: str, policy: ImagePolicy, tag: str) -> None:
    """Refuse a policy that does not take this version, or that does not order by version."""
    why, semver = refusal(policy, tag), policy.choice.semver
    if not why and semver is not None:
        return
    if not why:
        kind = " and ".join(policy.choice.kinds) or "nothing"
        why = f"ImagePolicy {policy.ref} takes the tag {tag} and orders by {kind}: 1.10.0 would come before 1.9.0"
    take = "let its range and pattern take" if semver is not None else "give it spec.policy.semver, and let that take"
    raise errors.BuildtoolError(
        errors.POLICY_MISMATCH,
        f"{name}: {why}",
        place=str(policy.place) if policy.place else None,
        fix=f"{take} {tag}, or publish the release without deploying it: --no-deploy",
    )


def highest(tags: Iterable[str]) -> str | None:
    """The highest of the tags that are versions."""
    found = [(version, tag) for tag in tags if (version := version_of(tag)) is not None]
    return max(found, key=lambda one: BY_PRECEDENCE(one[0]))[1] if found else None


def below(policy: ImagePolicy | None, tags: Iterable[str], own: Version) -> str | None:
    """The version that this one follows: the highest lower one, of those that the policy takes."""
    lower = [tag for tag in tags if (version := version_of(tag)) is not None and version.compare(own) < 0]
    return highest(tag for tag in lower if policy is None or takes(policy, tag))


def require_highest(name: str, policy: ImagePolicy, tags: Sequence[str], tag: Tag, *, allowed: bool) -> str:
    """Refuse a version below the one that Flux selects; where it is `allowed`, a warning that says so, or ""."""
    winner = select(policy, [*tags, tag.text]).winner
    higher = version_of(winner)
    if winner is None or higher is None or tag.version is None or higher.compare(tag.version) <= 0:
        return ""
    message = f"{name}: ImagePolicy {policy.ref} selects {winner}, which is higher than {tag}"
    if allowed:
        return f"{message}: Flux stays with {winner}"
    raise errors.BuildtoolError(
        errors.OLDER_VERSION,
        message,
        place=str(policy.place) if policy.place else None,
        fix=f"release a higher version, or publish {tag} on purpose with --allow-older: Flux stays with {winner}",
    )


def require_same(name: str, published: Published, inputs: Inputs, revision: str) -> None:
    """Refuse a version that is published already with other content, as far as that is known before the build."""
    made_from = {made for made, _ in published.makings} - {""}
    if not inputs.digest or not made_from or inputs.digest in made_from:
        return
    theirs = published.proof.label(REVISION)
    made = f"from commit {theirs[:12]}, with other inputs than HEAD {revision[:12]}" if theirs else "with other inputs"
    raise taken(f"{name}: version {published.tag} is published already, {made}", published.tag)


def taken(message: str, tag: str) -> errors.BuildtoolError:
    """The error for a version that holds another image."""
    version = version_of(tag)
    example = f"{version.major}.{version.minor}.{version.patch + 1}" if version is not None else "1.2.3"
    fix = f"a version never changes: release what is new as the next one, such as {example}"
    return errors.BuildtoolError(errors.TAG_EXISTS, message, fix=fix)
