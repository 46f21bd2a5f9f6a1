"""Pushes of four clones at the same time, each of another commit: with a common lock, and without one."""

from __future__ import annotations

import subprocess  # noqa: TID251 -- git
from typing import TYPE_CHECKING

from soak.promises import CODE, at_once, in_the_end
from soak.table import Row
from soak.world import Home, ended

if TYPE_CHECKING:
    from pathlib import Path

    from soak.promises import Broken
    from soak.world import Ended, Site

CLONES = 4


def races(site: Site, rounds: int, *, common: bool) -> Row:
    """Each round pushes four commits of one line at once; the newest has to be on top when all have ended."""
    row = Row(f"{CLONES} clones at once, {'one home' if common else 'homes of their own'}")
    shared = Home(site.folder / "shared")
    for number in range(rounds):
        commits = [site.change() for _ in range(CLONES)]
        places = [site.folder / f"{'one' if common else 'own'}-{number}-{n}" for n in range(CLONES)]
        for place, commit in zip(places, commits, strict=True):
            _clone(site.shop.folder, place, commit)
        homes = [shared if common else Home(place.with_name(f"{place.name}-user")) for place in places]
        runs = [site.begin(home=home, folder=place) for home, place in zip(homes, places, strict=True)]
        ends = [ended(run) for run in runs]
        broken = at_once(site) + [(CODE, str(end)) for end in ends if not _is_answer(end)]
        broken += _newest_that_published(site, commits, ends)
        for end in ends[:-1]:
            row.add(published=end.code == 0, broken=[])
        last = site.push()
        if last.code:
            broken.append((CODE, f"the undisturbed run after it: {last}"))
        row.add(published=ends[-1].code == 0, broken=broken + in_the_end(site, commits[-1]))
    return row


def _is_answer(end: Ended) -> bool:
    """It published, or it was told that a newer commit is there already."""
    return end.code == 0 or (end.code == 3 and "older-commit" in end.stderr)


def _newest_that_published(site: Site, commits: list[str], ends: list[Ended]) -> list[Broken]:
    """Before anybody puts anything right: of the commits that were published the newest is on top, of both images."""
    done = [commit for commit, end in zip(commits, ends, strict=True) if end.code == 0]
    return in_the_end(site, done[-1]) if done else []


def _clone(source: Path, place: Path, commit: str) -> None:
    subprocess.run(["git", "clone", "--quiet", str(source), str(place)], check=True, capture_output=True)
    subprocess.run(["git", "-C", str(place), "checkout", "--quiet", "-B", "main", commit], check=True)
