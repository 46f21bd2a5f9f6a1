"""The bake definition of a plan: what is built, and what only has to be there for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from buildtool.config import load
from buildtool.core.build.inputs import Inputs
from buildtool.core.commit.tags import BuildFacts, make_tag
from buildtool.usecases.push.bake_targets import bases, definition_for
from buildtool.usecases.push.options import Source
from buildtool.usecases.push.plan import ImagePlan, Plan

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.config import Config

CONFIG = """\
registry = "127.0.0.1:5000"
[images.base]
platforms = ["linux/arm64"]
secrets = ["id=npm,src=token", "id=key,type=env,src=KEY", "id=either"]
[images.web]
platforms = ["linux/arm64"]
contexts = {below = "target:base", more = "."}
[images.top]
platforms = ["linux/arm64"]
contexts = {a = "target:web", b = "target:base"}
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "buildtool.toml").write_text(CONFIG)
    (tmp_path / "Dockerfile").touch()
    return load(tmp_path / "buildtool.toml", {})


def document(config: Config, *names: str) -> dict[str, Any]:
    """The definition for a run that builds these images and keeps the others."""
    source = Source("main", "HEAD", "a" * 40, 1_700_000_000, dirty=False, url="")
    tag = make_tag(BuildFacts("main", "HEAD", "a" * 40, 1_700_000_000, dirty=False), 7, ("main",))
    images = [
        ImagePlan(
            config=image,
            repository=config.repository(image.name),
            inputs=Inputs("sha256:1"),
            policy=None,
            before=None,
            after=None,
            builds=image.name in names,
            tag=tag.text if image.name in names else None,
        )
        for image in config.images.values()
    ]
    definition = definition_for(config, Plan(tag, source, images))
    assert definition.targets == names
    return dict(definition.document)


def test_what_an_image_is_built_on_is_there_and_is_not_pushed(config: Config) -> None:
    found = document(config, "top")
    assert found["group"]["default"]["targets"] == ["top"]
    assert set(found["target"]) == {"top", "web", "base"}
    for name in ("web", "base"):
        assert found["target"][name]["output"] == ["type=cacheonly"]
        assert not {"tags", "annotations", "cache-to"} & set(found["target"][name])
    assert "push=true" in found["target"]["top"]["output"][0]


def test_what_is_built_anyway_is_there_once(config: Config) -> None:
    found = document(config, "base", "web", "top")
    assert all("push=true" in target["output"][0] for target in found["target"].values())
    assert set(document(config, "base")["target"]) == {"base"}


def test_the_images_below(config: Config) -> None:
    images = config.images
    assert [image.name for image in bases(config, [images["top"]])] == ["web", "base"]
    assert [image.name for image in bases(config, [images["web"], images["top"]])] == ["base"]
    assert bases(config, [images["base"]]) == []


def test_secrets_as_buildx_reads_them(config: Config) -> None:
    found = document(config, "base")["target"]["base"]["secret"]
    assert found == [f"id=npm,src={config.root}/token", "id=key,env=KEY", "id=either"]
