"""Why a policy does not take a tag, in words: the first place where the tag and the pattern differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag as parse_our_tag
from buildtool.core.flux.policy.failure import PolicyFailure
from buildtool.core.flux.policy.filter import compile_filter
from buildtool.core.flux.policy.image_policy import Mismatch, well_formed
from buildtool.core.flux.policy.numbers import parse_float

if TYPE_CHECKING:
    from buildtool.core.flux.policy.image_policy import ImagePolicy
    from buildtool.core.flux.policy.regex.ast import Tree


def explain_mismatch(policy: ImagePolicy, tag: str) -> Mismatch:
    """Why the policy does not take this tag; `kind` is "none" when it does."""
    tag = well_formed(tag)
    key: str | None = tag
    if policy.filter is not None:
        try:
            tag_filter = compile_filter(policy.filter.pattern, policy.filter.extract)
            key = tag_filter.key(tag)
        except PolicyFailure as failure:
            return Mismatch(tag, "policy", failure.error.message)
        if key is None:
            return _of_pattern(tag_filter.tree, tag)
    return _of_value(policy, tag, key or "")


def _of_value(policy: ImagePolicy, tag: str, key: str) -> Mismatch:
    """The pattern takes the tag: what the order makes of the text that is compared."""
    what = f"{key!r}" if key == tag else f"{key!r}, which is extracted from {tag!r},"
    choice = policy.choice
    if choice.semver is not None:
        return _of_range(choice.semver, tag, key, what)
    if choice.alphabetical is None and choice.numerical is not None and parse_float(key) is None:
        message = f"{what} is not a number: one such tag makes the whole policy fail"
        return Mismatch(tag, "not_numeric", message, found=key, wanted="a number")
    if not choice.kinds:
        return Mismatch(tag, "policy", "the policy has neither semver nor alphabetical nor numerical")
    return Mismatch(tag, "none", f"the policy takes {tag!r}")


def _of_range(text: str, tag: str, key: str, what: str) -> Mismatch:
    from buildtool.core.flux.policy.constraint import ConstraintError, parse_constraint  # noqa: PLC0415 -- start-up
    from buildtool.core.flux.policy.version import parse_tag  # noqa: PLC0415 -- start-up

    try:
        constraint = parse_constraint(text)
    except ConstraintError as error:
        return Mismatch(tag, "policy", f"invalid policy: {error}")
    version = parse_tag(key)
    if version is None:
        return Mismatch(tag, "not_a_version", f"{what} is not a version of three parts (1.2.3)", found=key, wanted=text)
    if constraint.check(version):
        return Mismatch(tag, "none", f"the policy takes {tag!r}")
    if version.pre and not any(group.prereleases for group in constraint.groups):
        message = f"{what} is a prerelease, and the range {text!r} asks for releases only"
        return Mismatch(tag, "prerelease", message, found=key, wanted=text)
    return Mismatch(tag, "out_of_range", f"{what} is outside the range {text!r}", found=key, wanted=text)


def _of_pattern(tree: Tree, tag: str) -> Mismatch:
    from buildtool.core.flux.policy.regex.progress import first_difference  # noqa: PLC0415 -- start-up

    found = first_difference(tree, tag)
    if found is None:
        return Mismatch(tag, "pattern", f"{tag!r} does not match the pattern")
    wanted = _either(found.wanted)
    part = _part(tag, found.position)
    if found.position >= len(tag):
        message = f"the tag {tag!r} ends where the pattern wants {wanted}"
    else:
        rest = f" (character {found.position + 1}, {tag[found.position]!r})"
        message = f"{part or 'the tag'}{rest if part else f' {tag!r} differs{rest}'} where the pattern wants {wanted}"
    return Mismatch(tag, "pattern", message, found.position, part or tag[found.position : found.position + 1], wanted)


def _part(tag: str, position: int) -> str:
    """The part of one of our own tags in which the position lies; empty for other tags."""
    ours = parse_our_tag(tag)
    if ours is None:
        return ""
    sha = len(ours.branch) + 1
    dirty = sha + len(ours.sha) + 1
    if position <= len(ours.branch):
        return f"branch part {ours.branch!r}"
    if position < dirty:
        return f"commit part {ours.sha!r}"
    return "the part '-dirty'" if ours.dirty and position < dirty + len("dirty-") else f"time part '{ours.time}'"


def _either(wanted: tuple[str, ...]) -> str:
    """`a`, `a or b`; the end of a long list is cut."""
    shown = [*wanted[:4], "…"] if len(wanted) > 5 else list(wanted)  # noqa: PLR2004 -- one line
    return " or ".join(shown)
