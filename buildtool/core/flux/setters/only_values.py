"""Whether a change of files is one that Flux's image automation makes: setter values, and the form that Flux writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.setters.blanked import blanked_forms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.core.flux.setters.blanked import Scope


def changes_only_values(before: Mapping[str, str], after: Mapping[str, str], scopes: Iterable[Scope]) -> bool:
    """True where every file differs in nothing but values that the automations set; the texts are keyed by path.

    A file that appears, goes away, or holds no such value is more. So is the first commit over a List, whose items Flux
    moves into new files.
    """
    every = list(scopes)
    old, new = (blanked_forms(files, every, lambda _: None) for files in (before, after))
    return before.keys() == after.keys() == old.keys() and None not in old.values() and old == new
