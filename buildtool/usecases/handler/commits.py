"""Whether the commit that wrote a value is the automation's own, and changes nothing but values at setters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.automation_runs import scopes
from buildtool.core.flux.setters.only_values import changes_only_values

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from buildtool.core.flux.manifests import Manifests
    from buildtool.usecases.handler.view import ChangeOf, CloneHistory

_MOST_FILES = 200
_SHORT = 12


def human_reason(history: CloneHistory, manifests: Manifests, policy: str, change: ChangeOf) -> str:
    """Why the commit is not the automation's own; "" where it is.

    The author is what the commit says: whoever may push to the branch may write any name there.
    """
    name = f"commit {change.sha[:_SHORT]}"
    if len(change.parents) != 1:
        return f"{name}, which wrote the tag, is a merge or begins the history"
    if not any(one.wrote(change.author, change.email) for one in manifests.writing(policy)):
        return f"{name}, which wrote the tag, is by {change.author} <{change.email}>, not by the image automation"
    if change.others or len(change.paths) > _MOST_FILES or not _only_values(history, manifests, change):
        return f"{name}, which wrote the tag, changes more than values at setters"
    return ""


def edited_since(history: CloneHistory, manifests: Manifests, files: Collection[str], commit: str, head: str) -> str:
    """A file of these that differs between the two commits by more than values at setters; "" for none."""
    every = sorted(files)
    if len(every) > _MOST_FILES or commit == head:
        return every[0] if commit != head else ""
    before, after = _texts(history, commit, every), _texts(history, head, every)
    for path in every:
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        if old is None or new is None or not changes_only_values({path: old}, {path: new}, scopes(manifests)):
            return path
    return ""


def _only_values(history: CloneHistory, manifests: Manifests, change: ChangeOf) -> bool:
    before = _texts(history, change.parents[0], change.paths)
    after = _texts(history, change.sha, change.paths)
    if not after or len(after) != len(change.paths):  # a file that cannot be read may hold anything
        return False
    return changes_only_values(before, after, scopes(manifests))


def _texts(history: CloneHistory, sha: str, paths: Sequence[str]) -> dict[str, str]:
    read = {path: history.text(sha, path) for path in paths}
    return {path: text for path, text in read.items() if text is not None}
