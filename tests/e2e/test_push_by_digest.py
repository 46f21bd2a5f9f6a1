"""The digest path: a real buildkitd through the `remote` driver pushes without any tag until the proof is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import registry_view
from tests.support.buildkitd import remote_builder
from tests.support.buildtool import buildtool
from tests.support.shop import DOCKERFILE, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries

pytestmark = [pytest.mark.engine, pytest.mark.arm64, pytest.mark.go, pytest.mark.usefixtures("arm64")]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory, engine: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    with remote_builder(tmp_path_factory.mktemp("buildkitd"), engine) as variables:
        yield variables


@pytest.fixture
def shop(tmp_path: Path, registry_server: Registries, base_contexts: Mapping[str, str]) -> Shop:
    return Shop(tmp_path / "shop", registry_server().address, base_contexts)


def test_no_tag_exists_before_the_final_ones(shop: Shop, builder: Mapping[str, str]) -> None:
    ran = buildtool("push", "--json", cwd=shop.folder, env=builder)
    assert ran.code == 0, ran
    tag = ran.document["tag"]
    assert "by digest" in ran.stderr
    for name, architecture in (("web", "arm64"), ("api", "amd64")):
        assert registry_view.tags(shop.registry, name) == {tag}
        assert registry_view.config(shop.registry, name, tag)["architecture"] == architecture


def test_both_platforms_in_one_image(shop: Shop, builder: Mapping[str, str]) -> None:
    text = (shop.folder / "buildtool.toml").read_text()
    shop.write(
        "buildtool.toml", text.replace('platforms = ["linux/amd64"]', 'platforms = ["linux/amd64", "linux/arm64"]')
    )
    shop.commit("both platforms")
    ran = buildtool("push", "api", "--json", cwd=shop.folder, env=builder)
    assert ran.code == 0, ran
    assert ran.document["images"][0]["platforms"] == ["linux/amd64", "linux/arm64"]
    index = registry_view.manifest(shop.registry, "api", ran.document["tag"])
    assert {entry["platform"]["architecture"] for entry in index["manifests"]} == {"amd64", "arm64"}


def test_attestations_by_one_key(shop: Shop, builder: Mapping[str, str]) -> None:
    shop.configure(top="[push]\nattestations = true\n")
    # The SBOM scanner is an image of its own, which a closed network cannot pull: provenance alone is made here.
    shop.commit("attested")
    ran = buildtool("push", "api", "--json", cwd=shop.folder, env=builder)
    assert ran.code == 0, ran
    index = registry_view.manifest(shop.registry, "api", ran.document["tag"])
    kinds = [
        entry["annotations"]["vnd.docker.reference.type"] for entry in index["manifests"] if "annotations" in entry
    ]
    assert "attestation-manifest" in kinds
    assert ran.document["images"][0]["platforms"] == ["linux/amd64"]


def test_a_forced_platform_publishes_nothing(shop: Shop, builder: Mapping[str, str]) -> None:
    shop.write("web/Dockerfile", DOCKERFILE.replace("FROM busybox", "FROM --platform=linux/amd64 busybox"))
    shop.commit("forced platform")
    ran = buildtool("push", cwd=shop.folder, env=builder)
    assert ran.code == 15, ran
    assert registry_view.tags(shop.registry, "web") == registry_view.tags(shop.registry, "api") == set()


def test_a_layer_cache_in_the_registry(shop: Shop, builder: Mapping[str, str]) -> None:
    shop.configure(top="[cache]\nenabled = true\n")
    shop.commit("cache")
    ran = buildtool("push", "api", "--json", cwd=shop.folder, env=builder)
    assert ran.code == 0, ran
    assert registry_view.tags(shop.registry, "api") == {ran.document["tag"], "buildcache"}
