from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from buildtool.config import BuilderConfig, ImageConfig
from buildtool.core.build.builder_store import StoredBuilder
from buildtool.core.image.names import Platform
from buildtool.errors import BUILDER_UNUSABLE, BuildtoolError
from tests.usecases.builder.conftest import AMD, ARM, NODES

if TYPE_CHECKING:
    from tests.usecases.builder.conftest import Farm


@pytest.fixture
def farm(farm: Farm) -> Farm:
    farm.builders.platforms = {"vm": (AMD, ARM), "ssh://pi@pi.lan": (ARM,)}
    return farm


def test_before_it_is_made(farm: Farm) -> None:
    shown = farm.looking.show()
    assert (shown.status, shown.fits, shown.name) == ("missing", False, farm.choice.name)
    assert "is not there yet" in shown.differences[0].message
    assert shown.document()["nodes"] == []
    assert farm.builders.log == [], "nothing is made or started"


def test_up_makes_starts_and_shows_it(farm: Farm) -> None:
    shown = farm.looking.up(farm.making)
    assert (shown.status, shown.fits) == ("running", True)
    assert farm.builders.log[-1] == f"boot {shown.name}"
    first, second = shown.document()["nodes"]
    assert first["platforms"] == [
        {"platform": "linux/amd64", "runs": "native"},
        {"platform": "linux/arm64", "runs": "emulated"},
    ]
    assert (second["endpoint"], second["platforms"]) == (
        "ssh://pi@pi.lan",
        [{"platform": "linux/arm64", "runs": "native"}],
    )


def test_again_shows_the_same(farm: Farm) -> None:
    first = farm.looking.up(farm.making)
    assert farm.looking.up(farm.making).document() == first.document() == farm.looking.show().document()


def test_an_image_that_no_node_builds(farm: Farm) -> None:
    farm.config = replace(farm.config, images={"web": ImageConfig("web", (Platform("linux", "s390x"),))})
    shown = farm.looking.up(farm.making)
    assert ["cannot build for linux/s390x" in one.message for one in shown.differences] == [True]


def test_a_node_that_is_off(farm: Farm) -> None:
    farm.make()
    farm.builders.down = frozenset({"ssh://pi@pi.lan"})
    shown = farm.looking.show()
    assert shown.status == "partly running"
    assert "at ssh://pi@pi.lan does not run: inactive" in shown.differences[0].message
    farm.builders.down = frozenset({"ssh://pi@pi.lan", "vm"})
    assert farm.looking.show().status == "inactive"


def test_one_that_somebody_changed(farm: Farm) -> None:
    name = farm.make()
    farm.builders.records[name] = replace(farm.builders.records[name], driver="remote")
    assert "has driver remote now" in farm.looking.show().differences[0].message


def test_a_half_made_one(farm: Farm) -> None:
    name = farm.make()
    stored = farm.builders.records[name]
    farm.builders.records[name] = replace(stored, nodes={f"{name}-0": stored.nodes[f"{name}-0"]})
    shown = farm.looking.show()
    assert f"nodes of builder {name} are missing" in [one.message for one in shown.differences]
    assert farm.looking.up(farm.making).fits


def test_a_named_one_with_what_differs(farm: Farm) -> None:
    name = farm.make()
    stored = farm.builders.records[name]
    farm.builders.records["farm"] = StoredBuilder(stored.driver, {"f0": stored.nodes[f"{name}-0"]}, "")
    farm.environment["BUILDX_BUILDER"] = "farm"
    shown = farm.looking.show()
    assert shown.document()["chosen_by"] == "BUILDX_BUILDER"
    assert [one.message.partition(";")[0] for one in shown.differences] == [
        "builder farm has no node ssh://pi@pi.lan",
        "builder farm reads base images of 192.168.0.40:5000 without http, which buildtool.toml asks for",
    ]
    assert all(one["fix"] for one in shown.document()["differences"])


def test_a_named_one_that_is_not_there(farm: Farm) -> None:
    farm.config = replace(farm.config, builder=BuilderConfig(name="pi", driver="remote", nodes=NODES))
    with pytest.raises(BuildtoolError) as caught:
        farm.looking.up(farm.making)
    assert caught.value.kind is BUILDER_UNUSABLE
    assert farm.builders.names() == [], "a name is the user's: buildtool makes none"


def test_earlier_settings_are_shown(farm: Farm) -> None:
    old = farm.make()
    farm.config = replace(farm.config, insecure=False)
    shown = farm.looking.show()
    assert shown.old == [old]
    assert shown.document()["old"] == [old]
