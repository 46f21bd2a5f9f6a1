"""The evaluation, in Flux's order: the policy is judged before the tags are read, the pattern after.

Source: image-reflector-controller, applyPolicy in internal/controller/imagepolicy_controller.go, and internal/policy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from buildtool.core.flux.policy.alphabetical import Alphabetical
from buildtool.core.flux.policy.details import SelectionDetails
from buildtool.core.flux.policy.failure import ErrorClass, PolicyFailure
from buildtool.core.flux.policy.filter import compile_filter
from buildtool.core.flux.policy.image_policy import Selection, well_formed
from buildtool.core.flux.policy.numbers import parse_float
from buildtool.core.flux.policy.numerical import Numerical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.flux.policy.filter import Filtered, TagFilter
    from buildtool.core.flux.policy.image_policy import Choice, ImagePolicy
    from buildtool.core.flux.policy.ordering import Order

_NOT_EXACT = 2.0**53  # from here on float64 has no room for every whole number


def select(policy: ImagePolicy, tags: Iterable[str]) -> Selection:
    """What Flux selects from the tags; their order does not matter, since Flux sorts what it stores."""
    listed = list(tags)
    if not "".join(listed).isascii():
        listed = [well_formed(tag) for tag in listed]
    details = SelectionDetails(policy, listed)
    try:
        return _evaluate(policy, listed, details)
    except PolicyFailure as failure:
        details.error = failure.error
        return Selection(None, None, (), failure.error, details)


def _evaluate(policy: ImagePolicy, tags: list[str], details: SelectionDetails) -> Selection:
    order = order_for(policy.choice)
    if not tags:
        raise PolicyFailure(ErrorClass.NO_TAGS, "no tags in database")
    tag_filter = filter_for(policy)
    details.order = order
    if tag_filter is None:
        winner = order.pick(order.contenders(tags))
        return Selection(winner, winner, (winner,), None, details)
    details.filtered = tag_filter.apply(tags)
    return _of_filtered(order, details.filtered, details)


def _of_filtered(order: Order, filtered: Filtered, details: SelectionDetails) -> Selection:
    """Flux passes the filtered texts through a Go map, whose order is random: each of the contenders can win."""
    contenders = set(order.contenders(filtered.keys))
    tag_by_text = filtered.tags_of(contenders)
    possible = tuple(sorted(tag_by_text.values()))
    if len(possible) == 1:
        return Selection(possible[0], next(iter(tag_by_text)), possible, None, details)
    return Selection(None, None, possible, None, details)


def order_for(choice: Choice) -> Order:
    """The order that counts; raises PolicyFailure (invalid_policy) in Flux's words."""
    if choice.semver is not None:
        from buildtool.core.flux.policy.constraint import ConstraintError, parse_constraint  # noqa: PLC0415 -- start-up
        from buildtool.core.flux.policy.semantic import Semantic  # noqa: PLC0415 -- start-up

        try:
            return Semantic(parse_constraint(choice.semver))
        except ConstraintError as error:
            raise PolicyFailure(ErrorClass.INVALID_POLICY, f"invalid policy: {error}") from None
    if choice.alphabetical is not None:
        return Alphabetical(_descending(choice.alphabetical))
    if choice.numerical is not None:
        return Numerical(_descending(choice.numerical))
    raise PolicyFailure(ErrorClass.INVALID_POLICY, "invalid policy: given ImagePolicyChoice object is invalid")


def filter_for(policy: ImagePolicy) -> TagFilter | None:
    """The compiled filter, None without filterTags; raises PolicyFailure (invalid_regex)."""
    return None if policy.filter is None else compile_filter(policy.filter.pattern, policy.filter.extract)


def _descending(order: str) -> bool:
    known = {"": False, "ASC": False, "DESC": True}.get(order.upper())
    if known is None:
        message = f"invalid policy: invalid order argument provided: '{order.upper()}', must be one of: ASC, DESC"
        raise PolicyFailure(ErrorClass.INVALID_POLICY, message)
    return known


def newest_number(policy: ImagePolicy, tags: Iterable[str]) -> int | None:
    """The greatest whole number below 2^53 that a policy extracts from the tags, None where there is none.

    Texts that are no number are passed over here, although Flux would fail: the next timestamp must still be greater.
    So are numbers from 2^53 on: Flux compares float64 values, in which no greater number is sure to win.
    """
    try:
        tag_filter = filter_for(policy)
    except PolicyFailure:
        return None
    listed = list(tags)
    keys = listed if tag_filter is None else tag_filter.apply(listed).keys
    return max((number for key in keys if (number := _whole(key)) is not None), default=None)


def _whole(text: str) -> int | None:
    value = parse_float(text)
    return int(value) if value is not None and math.isfinite(value) and value < _NOT_EXACT else None
