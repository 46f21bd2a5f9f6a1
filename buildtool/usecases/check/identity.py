"""What makes a finding the same finding after lines have moved: for `--diff`, baselines and SARIF."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from buildtool.errors.findings import Finding, Place

_DIGITS = 16  # hexadecimal, of a SHA-256
_BLANK = re.compile(r"\s+")
# `file.yaml:3:5`, `line 3`, `column 5`: places in a message, which move
_MOVING = re.compile(r"(\.(?:ya?ml|toml|json|sh|env))(?::\d+){1,2}\b|\b(line|column) \d+\b")


class Identity(NamedTuple):
    """`message` is without line numbers, `line` a hash of the line's text without its indentation, "" without a line.

    The hash and not the text: the line may hold a password.
    """

    path: str
    code: str
    message: str
    line: str


def identify(finding: Finding, lines: Mapping[Place, str]) -> Identity:
    """`lines` has the text of the line that each place names, as `Checked` has."""
    place = finding.place
    text = _BLANK.sub(" ", lines.get(place, "") if place is not None else "").strip()
    message = _MOVING.sub(lambda found: found[1] or found[2] or "", finding.message)
    return Identity(
        place.path if place is not None else "",
        finding.code,
        _BLANK.sub(" ", message).strip(),
        hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGITS] if text else "",
    )


def fingerprints(identities: Sequence[Identity]) -> list[str]:
    """A stable and unique hash for each: equal ones are told apart by their order."""
    seen: Counter[Identity] = Counter()
    found = []
    for one in identities:
        seen[one] += 1
        text = "\0".join([*one, str(seen[one])])
        found.append(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[: 2 * _DIGITS])
    return found


class Matched(NamedTuple):
    """Indexes: of the findings that nothing old explains, and of the old ones that explain none any more."""

    new: list[int]
    gone: list[int]


def match(found: Sequence[Identity], old: Sequence[Identity]) -> Matched:
    """Pair each finding with one old one: the same in all, else in the message, else in the line's text.

    So neither a line that was edited nor a message that names one thing more makes an old finding a new one.
    """
    new, gone = list(range(len(found))), list(range(len(old)))
    for key in _KEYS:
        new, gone = _pair(new, gone, [key(one) for one in found], [key(one) for one in old])
    return Matched(new, gone)


_KEYS: tuple[Callable[[Identity], Hashable], ...] = (
    lambda one: one,
    lambda one: one[:3],
    lambda one: (one.path, one.code, one.line) if one.line else None,
)


def _pair(
    new: list[int], gone: list[int], found: Sequence[Hashable], old: Sequence[Hashable]
) -> tuple[list[int], list[int]]:
    """One round over the indexes that are left; a key that is None pairs with nothing."""
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for index in gone:
        waiting[old[index]].append(index)
    left, taken = [], set()
    for index in new:
        if found[index] is not None and waiting.get(found[index]):
            taken.add(waiting[found[index]].popleft())
        else:
            left.append(index)
    return left, [index for index in gone if index not in taken]


def moved(identities: Iterable[Identity], renames: Mapping[str, str]) -> list[Identity]:
    """The same in files that have new names; `renames` has the new path by the old one."""
    return [one._replace(path=renames.get(one.path, one.path)) for one in identities]
