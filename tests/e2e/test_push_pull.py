"""`[push] pull = true` for real: bases in a registry on loopback that move, and images that follow them or need not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.clock import SystemClock
from buildtool.adapters.registry import RegistryClient
from buildtool.core.image.labels import BASES
from buildtool.core.image.names import Repository
from buildtool.core.text.secrets import Secrets
from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.registries.images import image, index, upload
from tests.support.shop import NATIVE, Shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from buildtool.core.registry.contents import Manifest
    from tests.support.buildtool import Ran
    from tests.support.parts import Registries

pytestmark = pytest.mark.engine
PULL = "[push]\npull = true\n"
ARCHITECTURE = NATIVE.partition("/")[2]
CLOSED = "127.0.0.1:1"


class Bases:
    """A registry with the base image `bases/os:1`, which may be moved."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._repository = Repository(host, "bases/os")
        self.reference = f"{host}/bases/os:1"

    def move(self, content: str) -> str:
        """Push other content under the tag; its digest."""
        with self._client() as client:
            return upload(client, self._repository, image(content, architecture=ARCHITECTURE), "1").manifest.digest

    def wrap(self, content: str) -> str:
        """Push an index over the same image under the tag: another digest, and nothing else in what is built on it."""
        one = image(content, architecture=ARCHITECTURE)
        wrapped: Manifest = index(one)
        with self._client() as client:
            upload(client, self._repository, one)
            client.put_manifest(self._repository, "1", wrapped)
        return wrapped.digest

    def _client(self) -> RegistryClient:
        return RegistryClient(self.host, insecure=True, clock=SystemClock(), secrets=Secrets())


@pytest.fixture
def bases(registry_server: Registries) -> Iterator[Bases]:
    server = registry_server()
    yield Bases(server.address)
    server.stop()


@pytest.fixture
def registry(registry_server: Registries) -> Iterator[str]:
    server = registry_server()
    yield server.address
    server.stop()


def shop_on(folder: Path, registry: str, dockerfile: str, *, web: str = "", api: str = "", top: str = PULL) -> Shop:
    """`web` is built as the Dockerfile says, `api` from nothing."""
    shop = Shop(folder, registry, {}, tiny=True)
    shop.write("web/Dockerfile", dockerfile)
    shop.configure(web=web, api=api, top=top)
    shop.commit("on a base")
    return shop


def push(shop: Shop, env: Mapping[str, str], *arguments: str) -> dict[str, Any]:
    ran = run(shop, env, *arguments)
    assert ran.code == 0, ran
    return {one["image"]: one for one in ran.document["images"]}


def run(shop: Shop, env: Mapping[str, str], *arguments: str) -> Ran:
    return buildtool("push", "--json", *arguments, cwd=shop.folder, env=env)


def test_a_moved_base_is_named_and_built_on(
    tmp_path: Path, registry: str, bases: Bases, builder: Mapping[str, str]
) -> None:
    old = bases.move("one")
    shop = shop_on(tmp_path / "shop", registry, f"FROM {bases.reference}\nCOPY index.txt /index.txt\n")
    first = push(shop, builder)["web"]
    config = registry_view.config(registry, "web", first["tag"])
    assert config["config"]["Labels"][BASES] == f"{bases.reference}@{old}"
    assert {one["status"] for one in push(shop, builder).values()} == {"unchanged"}

    new = bases.move("two")
    ran = run(shop, builder)
    assert ran.code == 0, ran
    web = next(one for one in ran.document["images"] if one["image"] == "web")
    named = f"base {bases.reference} moved: {old} -> {new}"
    assert (web["status"], web["reason"]) == ("published", named)
    assert web["bases"] == [{"reference": bases.reference, "before": old, "after": new}]
    assert named in ran.stderr
    config = registry_view.config(registry, "web", web["tag"])
    assert config["config"]["Labels"][BASES] == f"{bases.reference}@{new}"
    layers = registry_view.manifest(registry, "web", web["tag"])["layers"]
    assert layers[0] == registry_view.manifest(bases.host, "bases/os", "1")["layers"][0]
    assert {one["status"] for one in push(shop, builder).values()} == {"unchanged"}


def test_without_the_key_nothing_is_looked_up_or_built(
    tmp_path: Path, registry: str, bases: Bases, engine: Mapping[str, str]
) -> None:
    bases.move("one")
    shop = shop_on(tmp_path / "shop", registry, f"FROM {bases.reference}\nCOPY index.txt /index.txt\n", top="")
    first = push(shop, engine)["web"]
    assert BASES not in registry_view.config(registry, "web", first["tag"])["config"]["Labels"]
    bases.move("two")
    again = push(shop, engine)["web"]
    assert (again["status"], again["tag"], again["bases"]) == ("unchanged", first["tag"], [])


def test_an_equal_result_keeps_its_tag_and_is_not_built_again_on_this_machine(
    tmp_path: Path, registry: str, bases: Bases, builder: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the tag of the other image of the commit, which was to go with it."""
    old = bases.move("one")
    shop = shop_on(tmp_path / "shop", registry, f"FROM {bases.reference}\nCOPY index.txt /index.txt\n")
    first = push(shop, builder)
    new = bases.wrap("one")
    assert new != old
    for turn in ("first", "on another machine"):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / turn))
        again = push(shop, builder)
        assert {name: one["status"] for name, one in again.items()} == {"web": "unchanged", "api": "unchanged"}, turn
        assert {name: one["tag"] for name, one in again.items()} == {name: one["tag"] for name, one in first.items()}
        assert again["web"]["reason"] == "same result"
        assert again["web"]["bases"] == [{"reference": bases.reference, "before": old, "after": new}]
        known = run(shop, builder)
        assert "Build and push" not in known.stderr, f"{turn}: what is known is not built again: {known}"
    assert registry_view.tags(registry, "web") == {first["web"]["tag"]}
    assert registry_view.tags(registry, "api") == {first["api"]["tag"]}


def test_the_same_content_from_other_inputs_is_remembered_too(
    tmp_path: Path, registry: str, engine: Mapping[str, str]
) -> None:
    """Without `pull`: the labels of what is published keep the inputs that it was made from first."""
    shop = shop_on(tmp_path / "shop", registry, "FROM scratch\nCOPY index.txt /index.txt\n", top="")
    first = push(shop, engine)["web"]
    shop.write("web/unused.txt", "no part of the image\n")
    shop.commit("a file that no step copies")
    ran = run(shop, engine)
    assert "changed inputs" in ran.stderr
    assert ran.document["images"][0]["tag"] == first["tag"]
    again = run(shop, engine)
    assert "Build and push" not in again.stderr, again
    shop.write("web/index.txt", "other content\n")
    shop.commit("another image")
    assert push(shop, engine)["web"]["status"] == "published"


@pytest.mark.parametrize(
    ("dockerfile", "web"),
    [
        ("ARG BASE={0}\nFROM $BASE\nCOPY index.txt /\n", ""),
        ("ARG HOST=nowhere.invalid\nFROM ${{HOST}}/bases/os:1\nCOPY index.txt /\n", 'args = {{ HOST = "{1}" }}'),
        ("FROM scratch\nCOPY --from={0} /hello.txt /\n", ""),
        ("FROM --platform=$BUILDPLATFORM {0} AS build\nFROM scratch\nCOPY --from=build /hello.txt /\n", ""),
        (
            "FROM nowhere.invalid/os:1\nCOPY index.txt /\n",
            'contexts = {{ "nowhere.invalid/os:1" = "docker-image://{0}" }}',
        ),
        ("FROM nowhere.invalid/never:1 AS unused\nFROM {0}\nCOPY index.txt /\n", ""),
    ],
    ids=["argument", "build argument", "copy", "build platform", "named context", "unused stage"],
)
def test_wherever_the_base_is_named(
    tmp_path: Path, registry: str, bases: Bases, engine: Mapping[str, str], dockerfile: str, web: str
) -> None:
    bases.move("one")
    shop = Shop(tmp_path / "shop", registry, {}, tiny=True)
    shop.write("web/Dockerfile", dockerfile.format(bases.reference, bases.host))
    text = (shop.folder / "buildtool.toml").read_text()
    if web:
        text = re.sub(r"args = .*\n|\[images\.\w+\.contexts\]\n", "", text)
        text = text.replace("[images.api]", f"{web.format(bases.reference, bases.host)}\n[images.api]")
    shop.write("buildtool.toml", f"{text}\n{PULL}")
    shop.commit("on a base")
    push(shop, engine)
    assert push(shop, engine)["web"]["status"] == "unchanged"
    bases.move("two")
    moved = push(shop, engine)["web"]
    assert (moved["status"], [one["reference"] for one in moved["bases"]]) == ("published", [bases.reference])


def test_the_base_of_the_image_that_an_image_is_built_on(
    tmp_path: Path, registry: str, bases: Bases, engine: Mapping[str, str]
) -> None:
    bases.move("one")
    shop = Shop(tmp_path / "shop", registry, {"below": "target:api"}, tiny=True)
    shop.write("api/Dockerfile", f"FROM {bases.reference}\nCOPY index.txt /api.txt\n")
    shop.write("web/Dockerfile", "FROM below\nCOPY index.txt /index.txt\n")
    text = (shop.folder / "buildtool.toml").read_text()
    shop.write("buildtool.toml", text.replace('[images.api.contexts]\n"below" = "target:api"\n', "") + PULL)
    shop.commit("a chain")
    push(shop, engine, "web")
    assert push(shop, engine, "web")["web"]["status"] == "unchanged"
    new = bases.move("two")
    moved = push(shop, engine, "web")["web"]
    assert (moved["status"], moved["bases"][0]["after"]) == ("published", new)
    layers = registry_view.manifest(registry, "web", moved["tag"])["layers"]
    assert layers[0] == registry_view.manifest(bases.host, "bases/os", "1")["layers"][0]


@pytest.mark.parametrize(
    ("dockerfile", "words"),
    [
        (f"FROM {CLOSED}/os:1\n", f"base {CLOSED}/os:1 could not be looked up: "),
        ("ARG A=os\nFROM ${A%s}\n", "its base images: FROM ${A%s} changes an argument in a way that is not read"),
        ("# syntax=r.example/frontend:1\nFROM scratch\n", "a frontend of its own reads the Dockerfile"),
    ],
)
def test_a_base_that_is_not_known_means_build(
    tmp_path: Path, registry: str, engine: Mapping[str, str], dockerfile: str, words: str
) -> None:
    """It is said, and told apart from one that moved."""
    shop = shop_on(tmp_path / "shop", registry, "FROM scratch\nCOPY index.txt /\n")
    push(shop, engine)
    shop.configure(top="")
    shop.write("web/Dockerfile", dockerfile)
    shop.commit("a base that nobody can look up")
    # published as if it had been built where the base could be had: the same inputs, and no word of its bases
    plan = run(shop, engine, "--dry-run")
    assert plan.document["images"][0]["reason"] == "changed inputs"
    shop.configure(top=PULL)
    shop.commit("with pull")
    ran = run(shop, engine, "--dry-run")
    assert ran.code == 0, ran
    assert words in ran.stderr
    assert "moved" not in ran.stderr


def test_a_tag_that_its_registry_does_not_have(
    tmp_path: Path, registry: str, bases: Bases, engine: Mapping[str, str]
) -> None:
    bases.move("one")
    shop = shop_on(tmp_path / "shop", registry, f"FROM {bases.host}/bases/os:2\nCOPY index.txt /\n")
    ran = run(shop, engine, "--dry-run")
    assert f"base {bases.host}/bases/os:2 could not be looked up: its registry has no such tag" in ran.stderr
    failed = buildtool("push", cwd=shop.folder, env=engine)
    assert failed.code == 12, failed


def test_a_published_image_that_names_no_bases_is_built_once(
    tmp_path: Path, registry: str, bases: Bases, engine: Mapping[str, str]
) -> None:
    """`pull` is turned on: which base is in the image nobody knows, and that is what is said."""
    digest = bases.move("one")
    shop = shop_on(tmp_path / "shop", registry, f"FROM {bases.reference}\nCOPY index.txt /\n", top="")
    first = push(shop, engine)["web"]
    shop.configure(top=PULL)
    shop.commit("look bases up")
    ran = run(shop, engine)
    web = ran.document["images"][0]
    assert (web["tag"], web["reason"]) == (first["tag"], "same result")
    assert web["bases"] == [{"reference": bases.reference, "before": None, "after": digest}]
    assert f"base {bases.reference} is {digest} now; which one is in the published image is not known" in ran.stderr
    assert "Build and push" not in run(shop, engine).stderr
