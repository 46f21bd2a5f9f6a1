"""Two builds that came to the same image, and ways in which they did not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.image.content_hash import content_hash
from buildtool.core.image.labels import CREATED, INPUTS, OF_THE_COMMIT, REVISION, SOURCE, VERSION, Origin, image_labels
from buildtool.core.image.proof import Proof, read_image

MANIFEST: dict[str, Any] = {"config": {"size": 1}, "layers": [{"digest": "sha256:a", "size": 2}]}
CONFIG: dict[str, Any] = {
    "os": "linux",
    "architecture": "arm64",
    "created": "2026-01-01T00:00:00Z",
    "config": {"Env": ["A=1"], "Labels": {REVISION: "r", CREATED: "c", VERSION: "v", INPUTS: "i", "own": "1"}},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:x"]},
    "history": [{"created": "2026-01-01T00:00:00Z", "created_by": "COPY . /"}],
}


def changed(*path: Any, to: Any) -> dict[str, Any]:
    config = copy.deepcopy(CONFIG)
    place: Any = config
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return config


@pytest.mark.parametrize(
    "config",
    [
        changed("created", to="2027-01-01T00:00:00Z"),
        changed("history", 0, "created", to="2027-01-01T00:00:00Z"),
        *(changed("config", "Labels", label, to="other") for label in sorted(OF_THE_COMMIT)),
    ],
)
def test_what_each_commit_changes_is_no_difference(config: dict[str, Any]) -> None:
    assert content_hash(MANIFEST, config) == content_hash(MANIFEST, CONFIG)


@pytest.mark.parametrize(
    "config",
    [
        changed("rootfs", "diff_ids", 0, to="sha256:y"),
        changed("config", "Env", to=["A=2"]),
        changed("config", "Labels", "own", to="2"),
        changed("config", "Labels", SOURCE, to="https://example.com"),
        changed("config", "Entrypoint", to=["/run"]),
        changed("history", 0, "created_by", to="COPY a /"),
        changed("architecture", to="amd64"),
    ],
)
def test_everything_else_is(config: dict[str, Any]) -> None:
    assert content_hash(MANIFEST, config) != content_hash(MANIFEST, CONFIG) != ""


def test_the_same_layers_packed_in_another_way() -> None:
    other = {**MANIFEST, "layers": [{"digest": "sha256:zstd", "size": 1}]}
    assert content_hash(other, CONFIG) == content_hash(MANIFEST, CONFIG)


@pytest.mark.parametrize(
    ("manifest", "config"),
    [
        (MANIFEST, changed("rootfs", to=None)),
        (MANIFEST, changed("rootfs", "diff_ids", to=[])),
        ({**MANIFEST, "layers": None}, CONFIG),
        ({**MANIFEST, "layers": []}, CONFIG),
    ],
)
def test_layers_that_are_not_named_prove_nothing(manifest: dict[str, Any], config: dict[str, Any]) -> None:
    assert content_hash(manifest, config) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda part: st.lists(part, max_size=2)
)


@given(
    st.dictionaries(
        st.sampled_from(["config", "history", "rootfs", "created"]), JSON | st.dictionaries(st.text(max_size=2), JSON)
    )
)
def test_any_configuration_gives_an_answer(parts: dict[str, Any]) -> None:
    result = content_hash(MANIFEST, {**CONFIG, **parts})
    assert result == "" or len(result) == 64


def proof(*configs: dict[str, Any]) -> Proof:
    return Proof("sha256:index", [read_image(f"sha256:{number}", MANIFEST, one) for number, one in enumerate(configs)])


def test_every_platform_must_be_the_same() -> None:
    amd = changed("architecture", to="amd64")
    later = changed("created", to="2027-01-01T00:00:00Z")
    assert proof(CONFIG, amd).has_same_content(proof(amd, later))
    assert not proof(CONFIG, amd).has_same_content(proof(CONFIG))
    assert not proof(CONFIG, amd).has_same_content(proof(CONFIG, {**amd, "rootfs": {"diff_ids": ["sha256:y"]}}))
    assert not proof({**CONFIG, "rootfs": None}).has_same_content(proof({**CONFIG, "rootfs": None}))
    assert not proof().has_same_content(proof())


def test_every_label_of_ours_but_the_source_is_of_the_commit() -> None:
    """A label that is added to every image must not make each build another result."""
    labels = image_labels(Origin("r", "https://example.com", 1), created=1, version="v", inputs="i", extra={})
    assert labels.keys() - OF_THE_COMMIT == {SOURCE}
