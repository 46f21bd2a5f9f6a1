from __future__ import annotations

import pytest

from buildtool.core.build.builder_view import NodeView, parse_view
from buildtool.core.build.placement import How, Placement, how_runs, nodes_for, placements
from buildtool.core.image.names import Platform

AMD, ARM, ARMV7, I386, RISCV = map(
    Platform.parse, ("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/riscv64")
)
# As `docker buildx inspect` prints two nodes that were made for a platform each.
TWO = parse_view(
    "Name: farm\nDriver: remote\n\nNodes:\n"
    "Name: farm0\nEndpoint: unix:///a.sock\nStatus: running\n"
    "Platforms: linux/amd64*, linux/amd64/v2, linux/arm64, linux/386\n\n"
    "Name: farm1\nEndpoint: ssh://pi@pi.lan\nStatus: running\n"
    "Platforms: linux/arm64*, linux/amd64, linux/amd64/v2, linux/arm/v7\n"
).nodes


def node(listed: str) -> NodeView:
    return parse_view(f"Name: b\n\nNodes:\nName: b0\nEndpoint: default\nStatus: running\nPlatforms: {listed}\n").nodes[
        0
    ]


@pytest.mark.parametrize(
    ("listed", "platform", "how"),
    [
        ("linux/amd64, linux/amd64/v2, linux/386, linux/arm64", AMD, How.NATIVE),
        ("linux/amd64, linux/amd64/v2, linux/386, linux/arm64", Platform.parse("linux/amd64/v2"), How.NATIVE),
        ("linux/amd64, linux/amd64/v2, linux/386, linux/arm64", ARM, How.EMULATED),
        ("linux/amd64, linux/amd64/v2, linux/386, linux/arm64", I386, None),
        ("linux/amd64, linux/arm64", RISCV, None),
        ("linux/arm64, linux/amd64, linux/arm/v7", AMD, How.EMULATED),
        ("linux/arm64, linux/amd64, linux/arm/v7", ARMV7, None),
        ("linux/arm64*, linux/amd64, linux/amd64/v2", ARM, How.NATIVE),
        ("linux/arm64*, linux/amd64, linux/amd64/v2", AMD, How.EMULATED),
        ("linux/amd64*, linux/arm64*", ARM, None),
        ("", AMD, None),
    ],
)
def test_what_a_machine_runs_itself(listed: str, platform: Platform, how: How | None) -> None:
    assert how_runs(node(listed), platform) is how


def test_each_platform_on_the_node_that_was_made_for_it() -> None:
    assert nodes_for(TWO, AMD) == [TWO[0]]
    assert nodes_for(TWO[::-1], ARM) == [TWO[1]], "whatever their order"
    assert nodes_for(TWO, ARMV7) == [TWO[1]], "else one that can"
    assert nodes_for(TWO, RISCV) == []


def test_which_one_of_several_alike_is_not_known() -> None:
    first, second = node("linux/amd64, linux/arm64"), node("linux/arm64, linux/amd64")
    assert placements([first, first], "r/web", [AMD], {}) == [Placement(AMD, "", How.NATIVE)]
    assert placements([first, second], "r/web", [AMD], {}) == [Placement(AMD, "", None)]


def test_where_an_image_is_built_with_what_was_measured() -> None:
    times = {
        ("r/web", "linux/arm64", How.EMULATED): 84.2,
        ("r/web", "linux/arm64", How.NATIVE): 12.4,
        ("r/api", "linux/arm64", How.EMULATED): 1.0,
    }
    assert placements(TWO[:1], "r/web", [ARM, AMD], times) == [
        Placement(ARM, "unix:///a.sock", How.EMULATED, 84.2, 12.4),
        Placement(AMD, "unix:///a.sock", How.NATIVE),
    ]
    assert placements(TWO, "r/web", [ARM], times) == [Placement(ARM, "ssh://pi@pi.lan", How.NATIVE, 12.4)]
    assert placements([], "r/web", [ARM], times) == [Placement(ARM, "", None)]


def test_a_node_of_a_cluster_is_named() -> None:
    pod = NodeView(
        "farm-1", "kubernetes:///farm-1?deployment=farm-1", "running", platforms=frozenset({ARM}), listed=(ARM,)
    )
    assert placements([pod], "r/web", [ARM], {})[0].node == "farm-1"


@pytest.mark.parametrize(
    ("placement", "sentence"),
    [
        (Placement(ARM, "n", None), "linux/arm64"),
        (Placement(ARM, "n", How.NATIVE, 3.0), "linux/arm64 (native)"),
        (Placement(ARM, "n", How.EMULATED), "linux/arm64 (emulated)"),
        (Placement(ARM, "n", How.EMULATED, 84.2), "linux/arm64 (emulated, its steps took 84 s last time)"),
        (
            Placement(ARM, "n", How.EMULATED, 84.2, 12.4),
            "linux/arm64 (emulated, its steps took 84 s last time, natively 12 s)",
        ),
        (Placement(ARM, "n", How.EMULATED, None, 12.4), "linux/arm64 (emulated, natively its steps took 12 s)"),
    ],
)
def test_what_is_not_known_is_not_said(placement: Placement, sentence: str) -> None:
    assert placement.sentence == sentence
