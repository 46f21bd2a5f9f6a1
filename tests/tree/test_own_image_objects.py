"""The image objects of this repository are what `buildtool init` writes in it, and nothing else is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters.manifests import RepositoryFiles
from buildtool.config import load
from buildtool.core.init.found import Image, Recipe
from buildtool.usecases.init.decisions import Answers, Existing
from buildtool.usecases.init.propose import propose
from buildtool.usecases.init.survey import look

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
OBJECTS = "clusters/pi-cluster/image-automation.yaml"
LISTING = "clusters/pi-cluster/kustomization.yaml"
ANSWERS = Answers(
    registry="192.168.0.40:5000",
    insecure=True,
    branch="master",
    name="website",
    author=("Flux Bot", "fluxbot@edwardstech.dev"),
    commit="0" * 40,
)


class WithoutObjects:
    """The repository before `init`: its image objects are neither there nor listed."""

    def __init__(self) -> None:
        self.files = RepositoryFiles(ROOT)

    def paths(self) -> Sequence[str]:
        return [path for path in self.files.paths() if path != OBJECTS]

    def read(self, path: str) -> bytes:
        return self.files.read(path).replace(b"  - image-automation.yaml\n", b"")


def existing() -> Existing:
    config = load(ROOT / "buildtool.toml", {})
    images = [
        Image(
            one.name,
            Recipe(one.dockerfile, one.context, one.name, "buildtool.toml"),
            config.repository(one.name).path,
            tuple(map(str, one.platforms)),
            one.policy or "",
        )
        for one in config.images.values()
    ]
    return Existing((ROOT / "buildtool.toml").read_text(encoding="utf-8"), tuple(images))


def test_init_writes_the_committed_objects() -> None:
    proposal = propose(look(WithoutObjects()), ANSWERS, existing(), lambda _: [])
    assert set(proposal.texts) == {OBJECTS, LISTING}
    for path in (OBJECTS, LISTING):
        assert proposal.texts[path] == (ROOT / path).read_text(encoding="utf-8")


def test_init_finds_nothing_to_do_here() -> None:
    proposal = propose(look(RepositoryFiles(ROOT)), ANSWERS, existing(), lambda _: [])
    assert proposal.changes == []
    assert proposal.by_hand == []
