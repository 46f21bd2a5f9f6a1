"""Several image automations, one after the other, over the files of one repository.

Each run sees what the runs before it wrote, as it does where all of them push to one branch. A run that fails writes
nothing and does not stop the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from buildtool.core.flux.setters.preview import preview

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.core.flux.setters.changes import Change, LatestImage, Preview, Reformatted, Skipped


@dataclass(frozen=True, slots=True)
class Run:
    """One ImageUpdateAutomation with what it writes.

    `automation` is `namespace/name`, "" for a path given by hand; `path` its update.path; `images` are keyed by policy,
    `namespace:name`.
    """

    automation: str
    path: str
    images: Mapping[str, LatestImage]


@dataclass(slots=True)
class Result:
    """What all runs wrote together. `files` are the new texts of the files that differ from what they were.

    `errors` holds the reason, by automation, of each run that failed.
    """

    changes: list[Change] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    reformatted: dict[str, Reformatted] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)


def run_all(
    texts: Mapping[str, str], runs: Sequence[Run], links: Mapping[str, str] | None = None, *, reasons: bool = True
) -> Result:
    """Let the runs follow each other over `texts`, by path.

    `links` are the symbolic links among them, each with the path of the file that it leads to: Flux reads and writes
    that file through the link. `reasons` as for `preview`.
    """
    state, found = dict(texts), Result()
    names = _names(links or {})
    for run in runs:
        one = preview(state, run.images, run.path, reasons=reasons)
        if one.errors:
            found.errors[run.automation] = one.errors[0]
            continue
        for path, text in one.files.items():
            state.update(dict.fromkeys(names.get(path, (path,)), text))
        _add(found, one, links or {})
    changed = (path for path, text in state.items() if texts.get(path) != text)
    found.files = {path: state[path] for path in changed if path not in (links or {})}
    return found


def _names(links: Mapping[str, str]) -> dict[str, set[str]]:
    """All paths that lead to the same file, by each of them; files that no link leads to are left out."""
    by_target: dict[str, set[str]] = {}
    for link, target in links.items():
        by_target.setdefault(target, {target}).add(link)
    return {name: names for names in by_target.values() for name in names}


def _add(found: Result, one: Preview, links: Mapping[str, str]) -> None:
    """Add what a run did, under the paths of the files themselves; what was found through a link too, once."""
    known = {_place(change) for change in found.changes}
    for change in one.changes:
        real = replace(change, path=links.get(change.path, change.path))
        if _place(real) not in known:
            known.add(_place(real))
            found.changes.append(real)
    for rewritten in one.reformatted:
        path = links.get(rewritten.path, rewritten.path)
        found.reformatted[path] = replace(rewritten, path=path)
    for skipped in one.skipped:
        path = links.get(skipped.path, skipped.path)
        found.skipped[path] = replace(skipped, path=path)


def _place(change: Change) -> tuple[str, int, int, str, str]:
    return change.path, change.line, change.column, change.old, change.new
