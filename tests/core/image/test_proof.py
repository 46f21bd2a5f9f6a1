from __future__ import annotations

from typing import Any

import pytest

from buildtool.core.image.labels import REVISION
from buildtool.core.image.names import Platform
from buildtool.core.image.proof import Proof, PushedImage, children, problems, read_image
from buildtool.core.image.started import Command

ARM, AMD = Platform.parse("linux/arm64"), Platform.parse("linux/amd64")


def image(platform: Platform, revision: str = "f00") -> PushedImage:
    return PushedImage("sha256:c", platform, {REVISION: revision}, 10)


def check(*images: PushedImage, digest: str = "sha256:a", platforms: tuple[Platform, ...] = (ARM,)) -> list[str]:
    return problems(Proof("sha256:a", images), digest=digest, platforms=platforms, revision="f00")


def test_what_was_asked_for_is_proven() -> None:
    assert check(image(ARM)) == []
    assert check(image(ARM), image(AMD), platforms=(AMD, ARM)) == []


def test_arm64_v8_is_arm64() -> None:
    assert check(image(Platform("linux", "arm64", "v8").normalized())) == []


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ((image(AMD),), "platform linux/arm64 was asked for, the image is linux/amd64"),
        ((image(ARM), image(AMD)), "also holds linux/amd64"),
        ((image(ARM, "bad"),), "revision is 'bad', HEAD is 'f00'"),
        ((), "the image is empty"),
    ],
)
def test_each_difference_is_named(images: tuple[PushedImage, ...], words: str) -> None:
    [problem] = check(*images)
    assert words in problem


def test_another_digest_is_no_proof() -> None:
    assert check(image(ARM), digest="sha256:b") == ["the builder reported digest sha256:b, what is there is sha256:a"]


def test_attestations_are_no_platform() -> None:
    index = {
        "manifests": [
            {"digest": "sha256:1", "platform": {"os": "linux", "architecture": "arm64"}},
            {"digest": "sha256:2", "platform": {"os": "unknown", "architecture": "unknown"}},
        ]
    }
    assert children(index) == ["sha256:1"]


def test_the_platform_comes_from_the_config_not_from_the_manifest() -> None:
    manifest = {
        "config": {"size": 5},
        "layers": [{"size": 7, "digest": "sha256:2"}],
        "platform": {"os": "linux", "architecture": "arm64"},
    }
    config: dict[str, Any] = {"os": "linux", "architecture": "amd64", "config": {"Labels": {"a": "b"}, "Cmd": ["/x"]}}
    read = read_image("sha256:1", manifest, config)
    assert (read.platform, read.size, read.labels, read.command.words) == (AMD, 12, {"a": "b"}, ("/x",))


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        ({"Entrypoint": ["/entry.sh"], "Cmd": ["app"]}, Command(("/entry.sh", "app"))),
        ({"Cmd": ["./app"], "WorkingDir": "/srv", "Env": ["PATH=."]}, Command(("./app",), ("PATH=.",), "/srv")),
        ({"Entrypoint": None, "Cmd": None, "Env": None, "WorkingDir": ""}, Command(())),
    ],
)
def test_what_it_starts(settings: dict[str, Any], command: Command) -> None:
    assert read_image("sha256:1", {}, {"os": "linux", "architecture": "arm64", "config": settings}).command == command


@pytest.mark.parametrize("config", [{}, {"os": "linux"}, {"os": 1, "architecture": "arm64"}])
def test_what_has_no_platform_is_no_image(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a container image"):
        read_image("sha256:1", {}, config)


def test_a_label_the_platforms_disagree_on_is_none() -> None:
    assert Proof("d", (image(ARM, "1"), image(AMD, "2"))).label(REVISION) is None
    assert Proof("d", (image(ARM, "1"), image(AMD, "1"))).label(REVISION) == "1"


MANIFEST: dict[str, Any] = {
    "config": {"digest": "sha256:c", "size": 7},
    "layers": [{"digest": "sha256:1", "size": 3}, {"digest": "sha256:2", "size": 4}],
}
CONFIG: dict[str, Any] = {"os": "linux", "architecture": "arm64", "config": {"Cmd": ["/app"], "Labels": {"a": "b"}}}


def test_an_image_is_read() -> None:
    read = read_image("sha256:d", MANIFEST, CONFIG)
    assert (read.size, read.command.words, read.layers) == (14, ("/app",), ("sha256:1", "sha256:2"))


@pytest.mark.parametrize("odd", ["text", 7, ["x"], [[]], True, [{"digest": 1}], [{"digest": "sha256:1", "size": -1}]])
@pytest.mark.parametrize("key", ["config", "layers"])
def test_a_manifest_of_another_shape(key: str, odd: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_image("sha256:d", MANIFEST | {key: odd}, CONFIG)


@pytest.mark.parametrize(
    "odd",
    [
        {"os": None},
        {"architecture": 7},
        {"config": "x"},
        {"config": {"Cmd": "/app"}},
        {"config": {"Entrypoint": [1]}},
        {"config": {"Labels": ["a"]}},
        {"config": {"Env": {"A": "b"}}},
    ],
)
def test_a_config_of_another_shape(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_image("sha256:d", MANIFEST, CONFIG | odd)


def test_labels_that_are_no_texts_are_left_out() -> None:
    read = read_image("sha256:d", MANIFEST, CONFIG | {"config": {"Labels": {"a": ["b"], "c": "d"}}})
    assert read.labels == {"c": "d"}


def test_more_parts_than_any_image_has() -> None:
    with pytest.raises(ValueError, match="at most 1000"):
        read_image("sha256:d", MANIFEST | {"layers": MANIFEST["layers"] * 501}, CONFIG)
    with pytest.raises(ValueError, match="at most 200"):
        children({"manifests": [{"digest": "sha256:1"}] * 201})
