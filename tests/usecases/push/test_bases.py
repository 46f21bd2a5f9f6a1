"""Base images of a run: looked up once each, pinned for each target, and unknown with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.context import ContextFiles
from buildtool.config import load
from buildtool.core.build.base_digests import BaseDigests
from buildtool.errors import REGISTRY_AUTH, REGISTRY_UNREACHABLE, BuildtoolError
from buildtool.usecases.push.bases import InputsWithBases
from tests.support.memory.push import FixedInputs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from buildtool.core.build.inputs import Inputs
    from buildtool.core.image.reference import ImageReference

OS, GO = "r.example/os:1", "docker.io/library/go:1"
A, B = (f"sha256:{digit * 64}" for digit in "ab")
CONFIG = """\
registry = "127.0.0.1:5000"
[images.base]
platforms = ["linux/arm64"]
dockerfile = "Dockerfile.base"
[images.web]
platforms = ["linux/arm64", "linux/amd64"]
contexts = {below = "target:base"}
args = {TAG = "{tag}", OS = "os"}
"""
WEB = "ARG OS=x\nFROM go:1 AS build\nFROM below\nCOPY --from=build / /\nCOPY --from=r.example/os:1 / /\n"


class Registries:
    """Answers by reference; an error is raised. What is asked is noted."""

    def __init__(self, answers: Mapping[str, str | BuildtoolError | None]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def digest(self, image: ImageReference) -> str | None:
        self.asked.append(str(image))
        answer = self._answers.get(str(image))
        if isinstance(answer, BuildtoolError):
            raise answer
        return answer


def looked_up(folder: Path, registries: Registries, *names: str, web: str = WEB) -> dict[str, Inputs]:
    (folder / "buildtool.toml").write_text(CONFIG)
    (folder / "Dockerfile").write_text(web)
    (folder / "Dockerfile.base").write_text(f"FROM {OS}\n")
    config = load(folder / "buildtool.toml", {})
    images = [config.images[name] for name in names]
    inputs = InputsWithBases(FixedInputs({"web": "i"}), config, ContextFiles(), registries, images)
    return {image.name: inputs.of(image) for image in images}


def test_an_image_has_its_own_bases_and_those_of_what_it_is_built_on(tmp_path: Path) -> None:
    registries = Registries({OS: A, GO: B})
    found = looked_up(tmp_path, registries, "web", "base")
    pin = {OS: f"docker-image://{OS}@{A}"}
    assert found["web"].bases == BaseDigests(
        {OS: A, GO: B}, {"web": {"go:1": f"docker-image://{GO}@{B}", **pin}, "base": pin}
    )
    assert found["base"].bases == BaseDigests({OS: A}, {"base": pin})
    assert (found["web"].digest, found["web"].making) == ("i", ("i", f"{GO}@{B} {OS}@{A}"))
    assert sorted(registries.asked) == [GO, OS], "each is asked for once in the whole run"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "its registry has no such tag"),
        (BuildtoolError(REGISTRY_UNREACHABLE, "nobody answers"), "nobody answers"),
        (BuildtoolError(REGISTRY_AUTH, "401 Unauthorized"), "401 Unauthorized"),
    ],
)
def test_a_base_that_cannot_be_looked_up(tmp_path: Path, answer: BuildtoolError | None, words: str) -> None:
    bases = looked_up(tmp_path, Registries({OS: A, GO: answer}), "web")["web"].bases
    assert bases is not None
    assert list(bases.unknown) == [f"base {GO} could not be looked up: {words}"]
    assert (dict(bases.digests), set(bases.pins)) == ({OS: A}, {"web", "base"}), "what is known is pinned all the same"


def test_bases_that_cannot_be_told(tmp_path: Path) -> None:
    bases = looked_up(tmp_path, Registries({OS: A}), "web", web="ARG TAG\nFROM go:$TAG\n")["web"].bases
    assert bases is not None
    assert list(bases.unknown) == ["its base images: the value of TAG is not known before the build"]


def test_a_build_argument_of_the_configuration(tmp_path: Path) -> None:
    found = looked_up(tmp_path, Registries({OS: A}), "web", web="ARG OS=x\nFROM r.example/$OS:1\n")
    assert found["web"].making == ("i", f"{OS}@{A}")


def test_a_dockerfile_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "buildtool.toml").write_text(CONFIG)
    for name in ("Dockerfile", "Dockerfile.base"):
        (tmp_path / name).write_text("FROM scratch\n")
    config = load(tmp_path / "buildtool.toml", {})
    (tmp_path / "Dockerfile").unlink()
    image = config.images["web"]
    bases = InputsWithBases(FixedInputs({}), config, ContextFiles(), Registries({}), [image]).of(image).bases
    assert bases is not None
    assert list(bases.unknown) == ["its base images: the Dockerfile Dockerfile is not there"]
