"""buildtool.toml as text."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.config import load
from buildtool.core.init.found import Image, Recipe
from buildtool.core.init.toml_text import Top, new_file, with_images, with_policy

if TYPE_CHECKING:
    from pathlib import Path

TOP = Top("r.example/team", insecure=True, branches=("main", "master"))


def image(name: str = "web", **more: object) -> Image:
    recipe = Recipe("web/Dockerfile", "web", "web", "web/Dockerfile", **more)  # type: ignore[arg-type]
    return Image(name, recipe, f"team/{name}", ("linux/amd64",), f"flux-system:{name}")


def test_the_command_reads_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/Dockerfile").touch()
    one = image(target="release", args={"A": 'a "b" \\'}, contexts={"alpine:3": "docker-image://alpine"})
    (tmp_path / "buildtool.toml").write_text(new_file(TOP, [one]), encoding="utf-8")
    config = load(tmp_path / "buildtool.toml", {})
    assert (config.registry, config.insecure, str(config.repository("web"))) == (
        "r.example/team",
        True,
        "r.example/team/web",
    )
    read = config.images["web"]
    assert (read.target, read.args, read.policy) == ("release", {"A": 'a "b" \\'}, "flux-system:web")


@pytest.mark.parametrize(
    ("dockerfile", "context", "written"),
    [
        ("web/Dockerfile", "web", "web/Dockerfile"),
        ("Dockerfile", "", "Dockerfile"),
        ("docker/web.Dockerfile", "", "docker/web.Dockerfile"),
        ("Dockerfile", "web", "../Dockerfile"),
        ("docker/Dockerfile", "site/web", "../../docker/Dockerfile"),
    ],
)
def test_the_dockerfile_that_was_found_and_no_other(
    tmp_path: Path, dockerfile: str, context: str, written: str
) -> None:
    """Whatever lies under the same name in the context."""
    for path in (dockerfile, f"{context or '.'}/Dockerfile", f"{context or '.'}/docker/Dockerfile"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    one = Image("web", Recipe(dockerfile, context, "web", dockerfile), "team/web", ("linux/amd64",), "")
    text = new_file(TOP, [one])
    assert tomllib.loads(text)["images"]["web"]["dockerfile"] == written
    (tmp_path / "buildtool.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "buildtool.toml", {}).images["web"].dockerfile == dockerfile


def test_another_deploy_branch_is_written() -> None:
    document = tomllib.loads(new_file(TOP._replace(branches=("trunk",)), [image()]))
    assert document["tag"] == {"branches": ["trunk"]}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_images_are_added_at_the_end(end: str) -> None:
    old = f"# mine{end}registry = 'r'{end}[images.a]{end}platforms = []"
    new = with_images(old, "r", [image("b")])
    assert new is not None
    assert new.startswith(old)
    assert set(tomllib.loads(new)["images"]) == {"a", "b"}
    assert new.count("\n") == new.count(end)


@pytest.mark.parametrize("old", ["images = { a = {} }\n", "[images.b]\n", "broken"])
def test_a_file_that_no_table_can_be_added_to(old: str) -> None:
    assert with_images(old, "r", [image("b")]) is None


def test_a_policy_is_added_below_its_header() -> None:
    old = "[images.a]\nx = 1\n[images.b] # note\ny = 2\n"
    assert with_policy(old, "b", "ns:b") == '[images.a]\nx = 1\n[images.b] # note\npolicy = "ns:b"\ny = 2\n'


@pytest.mark.parametrize("old", ["images.a.x = 1\n", "[images]\na = {}\n", "[images.a]\npolicy = 'n:o'\n"])
def test_a_table_that_is_written_in_another_way(old: str) -> None:
    assert with_policy(old, "a", "ns:a") is None


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4))
def test_every_text_survives(values: dict[str, str]) -> None:
    try:
        "".join([*values, *values.values()]).encode()
    except UnicodeEncodeError:
        return
    document = tomllib.loads(new_file(TOP, [image(contexts=values)]))
    assert document["images"]["web"].get("contexts", {}) == values
