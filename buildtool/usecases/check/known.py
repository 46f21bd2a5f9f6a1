"""Findings less those that were there before: in a baseline, or in the commit that a change began at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from buildtool.usecases.check.identity import identify, match, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from buildtool.usecases.check.identity import Identity
    from buildtool.usecases.check.run import Checked


class Remaining(NamedTuple):
    """`known` counts the findings that are left out, `gone` the entries of the baseline that are no longer needed."""

    checked: Checked
    known: int = 0
    gone: int = 0


def identities(checked: Checked) -> list[Identity]:
    """Of each finding, in their order."""
    return [identify(finding, checked.lines) for finding in checked.findings]


def without_baseline(remaining: Remaining, baseline: Sequence[Identity], given: Iterable[str] | None) -> Remaining:
    """Leave out what the baseline holds. With `given` paths the entries of other files are not counted as gone."""
    kept, gone = _without(remaining, baseline)
    paths = frozenset(given) if given is not None else None
    return kept._replace(gone=sum(paths is None or one.path in paths for one in gone))


def without_old(
    remaining: Remaining, base: Callable[[], Checked], renames: Callable[[], Mapping[str, str]]
) -> Remaining:
    """Leave out what was found before the change too; nothing is read of it where nothing is found now."""
    if not remaining.checked.findings:
        return remaining
    old = identities(base())
    return _without(remaining, moved(old, renames()) if old else old)[0]


def _without(remaining: Remaining, old: Sequence[Identity]) -> tuple[Remaining, list[Identity]]:
    checked = remaining.checked
    matched = match(identities(checked), old)
    kept = tuple(checked.findings[index] for index in matched.new)
    known = remaining.known + len(checked.findings) - len(kept)
    return remaining._replace(checked=checked._replace(findings=kept), known=known), [old[i] for i in matched.gone]
