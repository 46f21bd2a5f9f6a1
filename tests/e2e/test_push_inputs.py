"""Which images a push builds again, on a real engine and registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.support import registry_view
from tests.support.buildtool import buildtool
from tests.support.gitrepos import commit, repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries

pytestmark = pytest.mark.engine
IMAGE = '[images.{name}]\nplatforms = ["linux/amd64"]\ncontext = "{folder}"\n'


class Site:
    """A repository with images from scratch, named so that no other run has their layers."""

    def __init__(self, folder: Path, address: str, engine: Mapping[str, str]) -> None:
        self.folder, self.address, self.engine = repository(folder), address, engine
        self.name = uuid4().hex[:8]

    def image(self, folder: str, more: str = "") -> str:
        return IMAGE.format(name=f"i{self.name}-{folder}", folder=folder) + more.replace("NAME", f"i{self.name}")

    def commit(self, images: str = "", **files: str) -> None:
        if images:
            files["buildtool.toml"] = f'registry = "{self.address}"\ninsecure = true\n{images}'
        commit(self.folder, **files)

    def push(self, *arguments: str, **env: str) -> dict[str, tuple[str, str]]:
        """Status and reason of every image, by the name of its folder."""
        ran = buildtool("push", "--json", *arguments, cwd=self.folder, env={**self.engine, **env})
        assert ran.code == 0, ran
        return {re.sub("^i.*-", "", one["image"]): (one["status"], one["reason"]) for one in ran.document["images"]}

    def tags(self, folder: str) -> set[str]:
        return registry_view.tags(self.address, f"i{self.name}-{folder}")


@pytest.fixture
def site(tmp_path: Path, registry_server: Registries, engine: Mapping[str, str]) -> Iterator[Site]:
    server = registry_server()
    yield Site(tmp_path / "site", server.address, engine)
    server.stop()


def dockerfile(name: str, *, base: str = "scratch") -> dict[str, str]:
    return {f"{name}/Dockerfile": f"FROM {base}\nCOPY f /{name}\n", f"{name}/f": uuid4().hex}


def test_images_on_images(site: Site) -> None:
    chain = site.image("a") + site.image("b", 'contexts = {base = "target:NAME-a"}\n')
    chain += site.image("c", 'contexts = {base = "target:NAME-b"}\n')
    site.commit(chain, **dockerfile("a"), **dockerfile("b", base="base"), **dockerfile("c", base="base"))
    assert {status for status, _ in site.push().values()} == {"published"}
    assert {status for status, _ in site.push().values()} == {"unchanged"}
    site.commit(**{"a/f": "other"})
    assert {status for status, _ in site.push().values()} == {"published"}, "the last one is made from the first"
    site.commit(**{"c/f": "other"})
    assert [status for status, _ in site.push().values()] == ["unchanged", "unchanged", "published"]
    site.commit(**{"c/f": "once more"})
    alone = site.push(f"i{site.name}-c")
    assert alone == {"c": ("published", "changed inputs")}
    assert len(site.tags("a")) < len(site.tags("c"))


def test_a_result_that_is_published_already_keeps_its_tag(site: Site) -> None:
    site.commit(site.image("a"), **dockerfile("a"))
    assert site.push()["a"][0] == "published"
    before = site.tags("a")
    site.commit(**{"a/not-copied": "1"})
    assert site.push()["a"] == ("unchanged", "same result")
    assert site.tags("a") == before
    assert site.push("--force")["a"][0] == "published"
    site.commit(**{"a/f": "other"})
    assert site.push()["a"] == ("published", "changed inputs")


def test_what_cannot_be_known_is_built_and_the_plan_says_why(site: Site) -> None:
    more = 'contexts = {other = "https://127.0.0.1:9/a.git"}\n'
    site.commit(site.image("a", more), **dockerfile("a"))
    planned = site.push("--dry-run")
    assert planned["a"] == ("planned", "context https://127.0.0.1:9/a.git cannot be looked at")


def test_a_secret_without_a_value(site: Site) -> None:
    site.commit(site.image("a", 'secrets = ["id=npm,env=NPM_TOKEN"]\n'), **dockerfile("a"))
    ran = buildtool("push", cwd=site.folder, env=site.engine)
    assert ran.code == 2
    assert "NPM_TOKEN is not set" in ran.stderr
    assert site.push(NPM_TOKEN="a-long-secret")["a"][0] == "published"


def test_what_is_sent_in_spite_of_odd_files(site: Site) -> None:
    """Negations below an excluded folder, and links."""
    site.commit(
        site.image("a"),
        **{"a/.dockerignore": "*\n!**/src\n", "a/x/src/g": site.name, "a/Dockerfile": "FROM scratch\nCOPY . /\n"},
    )
    assert site.push()["a"][0] == "published"
    site.commit(**{"a/x/src/g": "2"})
    assert site.push()["a"] == ("published", "changed inputs")
    site.commit(**{"a/x/other": "not sent"})
    assert site.push()["a"] == ("unchanged", "")
    (site.folder / "a/x/src/link").symlink_to("g")
    site.commit()
    assert site.push()["a"] == ("published", "changed inputs")
