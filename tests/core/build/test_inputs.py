from __future__ import annotations

from buildtool.core.build.inputs import InputFile, inputs_digest, without_setters

COMPOSE = b'services:\n  a:\n    image: h/a:%s # {"$imagepolicy": "flux-system:a"}\n    port: %d\n'


def test_a_commit_of_flux_changes_no_input() -> None:
    assert without_setters(COMPOSE % (b"one", 1)) == without_setters(COMPOSE % (b"two", 1))


def test_a_change_beside_a_setter_is_one() -> None:
    assert without_setters(COMPOSE % (b"one", 1)) != without_setters(COMPOSE % (b"one", 2))


def test_everything_counts_and_order_does_not() -> None:
    one, two = InputFile("100644", "a"), InputFile("100755", "a")
    digest = inputs_digest({"x": one, "y": two}, {"target": None})
    assert digest == inputs_digest({"y": two, "x": one}, {"target": None})
    others = [
        inputs_digest({"x": one, "y": one}, {"target": None}),
        inputs_digest({"x": one, "z": two}, {"target": None}),
        inputs_digest({"x": one, "y": two}, {"target": "run"}),
        inputs_digest({"x": one}, {"target": None}),
    ]
    assert digest.startswith("sha256:")
    assert len({digest, *others}) == 5
