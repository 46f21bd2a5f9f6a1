"""Whether the commit that wrote a value is the automation's own, and changes nothing but values at setters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.automation_runs import scopes
from buildtool.core.flux.setters.only_values import changes_only_values

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def _only_values(history: CloneHistory, manifests: Manifests, change: ChangeOf) -> bool:
    before = _texts(history, change.parents[0], change.paths)
    after = _texts(history, change.sha, change.paths)
    if not after or len(after) != len(change.paths):  # a file that cannot be read may hold anything
        return False
    return changes_only_values(before, after, scopes(manifests))


def _texts(history: CloneHistory, sha: str, paths: Sequence[str]) -> dict[str, str]:
    read = {path: history.text(sha, path) for path in paths}
    return {path: text for path, text in read.items() if text is not None}
