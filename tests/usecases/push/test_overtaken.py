"""Races without a common lock: who ends on top, for every pair of commits, and when nothing more is written."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.policy import select
from buildtool.core.image.labels import ALLOW_OLDER, REVISION, VERSION
from buildtool.usecases.push.options import PushOptions
from buildtool.usecases.push.overtaken import Overtaken
from buildtool.usecases.push.transaction import Transaction
from tests.support.memory.push import MemoryHistory, MemoryPush, NoSignals, sha

if TYPE_CHECKING:
    from buildtool.usecases.push.plan import Plan
    from buildtool.usecases.push.result import Proven
    from buildtool.usecases.push.transaction import Write

NOW = 1_707_300_000


class Race:
    """A push of one commit that has just written its tags, and images of others that appeared since its plan."""

    def __init__(self, commit: int, *, names: tuple[str, ...] = ("web",), **changes: object) -> None:
        self.push = MemoryPush(commit, names=names, **changes)  # type: ignore[arg-type]
        planner = self.push.planner()
        self.plan: Plan = planner.plan(self.push.options)
        with self.push.building().made(self.plan) as proven:
            self.proven: list[Proven] = list(proven)
        for one in self.proven:
            self.push.registry.put_manifest(one.plan.repository, str(one.plan.tag), one.manifest)
        self.told: list[Write] = []

    def comes(self, commit: int, time: int, *, name: str = "web", on_purpose: bool = False) -> None:
        tag = f"main-{sha(commit)[:7]}-{time}"
        labels = {REVISION: sha(commit), VERSION: tag} | ({ALLOW_OLDER: "true"} if on_purpose else {})
        self.push.registry.add(self.push.config.repository(name), {"linux/amd64": labels}, tag)

    def settle(self) -> list[str]:
        transaction = Transaction(self.push.registry, lambda _: contextlib.nullcontext(), NoSignals())
        overtaken = Overtaken(self.push.live, self.push.history, transaction, self.push.clock)
        self.told.clear()
        written = overtaken.settle(self.plan, self.proven, self.told.extend)
        assert written == self.told
        return [write.reference.removeprefix("r.example/") for write in written]

    def on_top(self, name: str = "web") -> str | None:
        return select(self.push.manifests.policies[f"flux-system:{name}"], self.push.tags(name)).winner


def test_nobody_came() -> None:
    assert Race(1).settle() == []


@pytest.mark.parametrize(
    ("mine", "other", "time", "written"),
    [
        (2, 1, NOW + 5, f"web:main-{sha(2)[:7]}-{NOW + 6}"),  # the older commit is on top: mine goes over it
        (2, 1, NOW - 5, None),  # it is below already
        (1, 2, NOW + 5, None),  # the newer commit is on top
        (1, 2, NOW - 5, f"web:main-{sha(2)[:7]}-{NOW + 1}"),  # mine hides it: the newer one goes over mine
        (1, 1, NOW + 5, f"web:main-{sha(1)[:7]}-{NOW + 6}"),  # the same commit, built twice: one of them stays on top
    ],
)
def test_the_newer_commit_ends_on_top(mine: int, other: int, time: int, written: str | None) -> None:
    race = Race(mine)
    race.comes(other, time)
    assert race.settle() == ([written] if written else [])
    top = race.on_top()
    assert top is not None
    assert top.split("-")[1] == sha(max(mine, other))[:7]
    assert race.settle() == [], "looking again changes nothing"


def test_an_older_commit_that_is_there_on_purpose_stays() -> None:
    race = Race(2)
    race.comes(1, NOW + 5, on_purpose=True)
    assert race.settle() == []
    assert race.on_top() == f"main-{sha(1)[:7]}-{NOW + 5}"


def test_an_older_commit_of_our_own_stays_on_top_of_a_newer_one_where_that_was_asked_for() -> None:
    race = Race(1, options=PushOptions(allow_older=True))
    race.comes(2, NOW + 5)
    assert race.settle() == [f"web:main-{sha(1)[:7]}-{NOW + 6}"]


def test_of_commits_whose_order_nobody_knows_the_newer_tag_stays() -> None:
    for time, top in ((NOW + 5, 1), (NOW - 5, 2)):
        race = Race(2, history=MemoryHistory(frozenset({sha(1)})))
        race.comes(1, time)
        assert race.settle() == []
        assert str(race.on_top()).split("-")[1] == sha(top)[:7]


@pytest.mark.parametrize("tag", ["latest", f"side-{sha(1)[:7]}-{NOW + 5}", f"main-{sha(1)[:7]}-dirty-{NOW + 5}"])
def test_other_tags_are_nobody_to_race_with(tag: str) -> None:
    race = Race(2)
    race.push.add("web", tag, revision=sha(1))
    assert race.settle() == []


def test_images_of_one_commit_stay_together() -> None:
    race = Race(2, names=("web", "api"))
    race.comes(1, NOW + 5, name="api")
    tag = f"main-{sha(2)[:7]}-{NOW + 6}"
    assert race.settle() == [f"web:{tag}", f"api:{tag}"]
    assert race.on_top("web") == race.on_top("api") == tag


def test_a_run_that_is_not_deployed_races_with_nobody() -> None:
    race = Race(2, options=PushOptions(deploy=False, branch="side"))
    race.comes(1, NOW + 5)
    assert race.settle() == []
