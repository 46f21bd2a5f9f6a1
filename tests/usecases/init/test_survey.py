"""What is found in a repository, and what is left out and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.errors import INIT_TOO_MANY, BuildtoolError
from buildtool.usecases.init.survey import look
from tests.support.memory_files import MemoryFiles
from tests.support.scratch_repos import TINY, deployment

if TYPE_CHECKING:
    from buildtool.usecases.init.survey import Survey

COMPOSE = "services:\n  site:\n    image: r.example/web:1\n    build: ./web\n  again:\n    build: {context: web}\n"


def survey(files: dict[str, str | bytes], *only: str, below: tuple[str, ...] = ()) -> Survey:
    return look(MemoryFiles(files), only=only, below=below)


def test_what_compose_builds_is_not_found_twice() -> None:
    found = survey({"compose.yaml": COMPOSE, "web/Dockerfile": TINY, "api/Dockerfile": TINY})
    assert [(one.dockerfile, one.hint, one.said) for one in found.recipes] == [
        ("web/Dockerfile", "web", "compose.yaml"),
        ("api/Dockerfile", "api", "api/Dockerfile"),
    ]


@pytest.mark.parametrize(("name", "machines"), [("web", ("arm64",)), ("other", ())])
def test_an_image_that_a_kustomization_replaces_runs_on_the_same_machines(name: str, machines: tuple[str, ...]) -> None:
    manifest = deployment("web", "web:1").replace(
        "      containers:", "      nodeSelector: {kubernetes.io/arch: arm64}\n      containers:"
    )
    entry = f'resources: [web.yaml]\nimages:\n- name: {name}\n  newName: r.example/web\n  newTag: "1"\n'
    found = survey({"Dockerfile": TINY, "k8s/web.yaml": manifest, "k8s/kustomization.yaml": entry})
    assert {use.image: (use.architectures, use.renamed) for use in found.uses} == {
        "r.example/web": (machines, False),
        "web": (("arm64",), name == "web"),
    }


def test_a_service_without_its_dockerfile_is_named() -> None:
    found = survey({"compose.yaml": COMPOSE})
    assert found.recipes == []
    assert "compose.yaml:2: service site is left out: there is no file web/Dockerfile" in found.notes


def test_a_doubtful_dockerfile_counts_where_its_image_runs() -> None:
    files: dict[str, str | bytes] = {"Dockerfile": TINY, "examples/demo/Dockerfile": TINY}
    assert [one.dockerfile for one in survey(files).recipes] == ["Dockerfile"]
    assert "examples/demo/Dockerfile is left out" in survey(files).notes[0]
    files["k8s/demo.yaml"] = deployment("demo", "r.example/demo:1")
    assert len(survey(files).recipes) == 2


def test_submodules() -> None:
    files: dict[str, str | bytes] = {"Dockerfile": TINY, "lib/Dockerfile": TINY}
    assert [one.dockerfile for one in survey(files, below=("lib/Dockerfile",)).recipes] == ["Dockerfile"]
    del files["Dockerfile"]
    assert [one.dockerfile for one in survey(files, below=("lib/Dockerfile",)).recipes] == ["lib/Dockerfile"]


def test_the_ones_that_are_named() -> None:
    files: dict[str, str | bytes] = {"Dockerfile": TINY, "tests/Dockerfile": TINY, "odd.txt": TINY}
    assert [one.dockerfile for one in survey(files, "tests/Dockerfile", "odd.txt").recipes] == [
        "tests/Dockerfile",
        "odd.txt",
    ]
    with pytest.raises(BuildtoolError, match="no file gone") as raised:
        survey(files, "gone")
    assert raised.value.kind is INIT_TOO_MANY


def test_an_image_built_from_the_public_one_of_its_name() -> None:
    """Files that run `redis` mean the public image."""
    assert survey({"redis/Dockerfile": "FROM redis:7\n"}).recipes[0].hint == "own-redis"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"k.yaml": "image: [\n"}, "k.yaml:2 was not looked at"),
        ({"k.yaml": b"\xff\xfeimage: a"}, "no text in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(files: dict[str, str | bytes], words: str) -> None:
    found = survey(files)
    assert words in found.notes[0]
    assert found.uses == []


def test_what_is_kept_and_not_applied_is_not_used() -> None:
    files: dict[str, str | bytes] = {"archive/web.yaml": deployment("web", "r.example/web:1")}
    assert survey(files).uses == []
    chart = {"c/Chart.yaml": "name: a\n", "c/templates/a.yaml": deployment("web", "r.example/web:1")}
    assert survey({**chart}).uses == []
