from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.config import BuilderConfig
from buildtool.core.build.activity import Activity
from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError
from buildtool.usecases.builder.down import Down, Taken, down
from tests.usecases.builder.conftest import NODES, OWNER

if TYPE_CHECKING:
    from tests.usecases.builder.conftest import Farm


def removed(farm: Farm) -> Down:
    return down(farm.choice, farm.builders, farm.use, OWNER)


def older(farm: Farm) -> str:
    """A builder of earlier settings; the settings are the present ones then."""
    now = farm.config
    farm.config = replace(now, insecure=False)
    name = farm.make()
    farm.config = now
    return name


def test_the_builder_and_those_of_earlier_settings(farm: Farm) -> None:
    old, name = older(farm), farm.make()
    farm.builders.records["farm"] = farm.builders.records[name]
    found = removed(farm)
    assert found == Down([Taken(name, removed=True), Taken(old, removed=True)])
    assert found.complete
    assert farm.builders.names() == ["farm"], "a name that buildtool does not give"
    assert farm.use.owned == {}


@pytest.mark.parametrize("owners", [frozenset(), frozenset({"/srv/other"}), frozenset({OWNER, "/srv/other"})])
def test_earlier_ones_of_others_stay(farm: Farm, owners: frozenset[str]) -> None:
    old, name = older(farm), farm.make()
    farm.use.owned[old] = owners
    assert removed(farm).builders == [Taken(name, removed=True)]
    assert farm.builders.names() == [old]


def test_one_that_a_push_uses_stays(farm: Farm) -> None:
    name = farm.make()
    farm.use.used = frozenset({name})
    (left,) = removed(farm).builders
    assert (left.removed, left.why) == (False, "a push or build of this user is using it")
    assert farm.builders.names() == [name]


@pytest.mark.parametrize(
    ("activity", "words", "fix"),
    [
        (Activity(True, "3 records of its cache in use"), "it is building: 3 records", "buildtool builder down"),
        (Activity(None, "no answer from ssh://pi"), "cannot be known: no answer from ssh://pi", "docker buildx rm"),
    ],
)
def test_one_that_works_or_may_work_for_others_stays(farm: Farm, activity: Activity, words: str, fix: str) -> None:
    name = farm.make()
    farm.builders.activities[name] = activity
    found = removed(farm)
    assert words in found.builders[0].why
    assert fix in found.builders[0].fix
    assert not found.complete
    assert farm.use.owners(name) == {OWNER}


def test_without_locks_it_cannot_be_known(farm: Farm) -> None:
    name = farm.make()
    farm.use.no_locks = True
    (left,) = removed(farm).builders
    assert "cannot be known" in left.why
    assert left.fix == f"docker buildx rm {name}"


def test_what_buildx_refuses_is_said_of_that_one(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    old, name = older(farm), farm.make()
    remove = farm.builders.remove

    def refuse(one: str) -> None:
        if one == name:
            raise BuildtoolError(BUILDER_UNUSABLE, "no route to host", fix="look")
        remove(one)

    monkeypatch.setattr(farm.builders, "remove", refuse)
    assert removed(farm).builders == [
        Taken(name, removed=False, why="no route to host", fix="look"),
        Taken(old, removed=True),
    ]


def test_nothing_to_remove(farm: Farm) -> None:
    assert removed(farm) == Down([], "there is no builder to remove")


@pytest.mark.parametrize(("name", "said"), [("pi", "pi (builder.name)"), (None, "the builder docker has selected")])
def test_a_builder_of_the_users_own_is_never_removed(farm: Farm, name: str | None, said: str) -> None:
    old = farm.make()
    farm.config = replace(farm.config, builder=BuilderConfig(name=name, nodes=NODES if name else ()))
    farm.builders.records["pi"] = farm.builders.records[old]
    found = removed(farm)
    assert found.builders == [Taken(old, removed=True)], "the one that was made before the name was set"
    assert said in found.note
    assert farm.builders.names() == ["pi"]


def test_the_document(farm: Farm) -> None:
    name = farm.make()
    farm.use.used = frozenset({name})
    document = removed(farm).document()
    assert document["schema"] == "buildtool.builder-down/v1"
    assert document["note"] is None
    assert document["builders"] == [
        {
            "name": name,
            "removed": False,
            "why": "a push or build of this user is using it",
            "fix": "wait until it has ended, then: buildtool builder down",
        }
    ]
