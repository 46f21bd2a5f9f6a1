"""What single values cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.config.conftest import Project

WEB = """\
registry = "localhost:1"
[images.web]
dockerfile = "Dockerfile.frontend"
platforms = ["linux/arm64"]
"""
API = """
[images.api]
dockerfile = "Dockerfile.backend"
platforms = ["linux/amd64"]
"""

CASES = {
    "no dockerfile": (
        WEB.replace("Dockerfile.frontend", "Dockerfile.fronted"),
        '3: images.web.dockerfile: there is no file "Dockerfile.fronted"; there is Dockerfile.frontend',
    ),
    "no folder of it": (
        WEB.replace("Dockerfile.frontend", "docker/Dockerfile"),
        '3: images.web.dockerfile: there is no file "docker/Dockerfile", nor a directory "docker"',
    ),
    "a folder as dockerfile": (
        WEB.replace("Dockerfile.frontend", "."),
        '3: images.web.dockerfile: there is no file "."',
    ),
    "no context": (WEB + 'context = "fronted"', '5: images.web.context: there is no directory "fronted"'),
    "a file as context": (
        WEB + 'context = "Dockerfile.frontend"',
        '5: images.web.context: there is no directory "Dockerfile.frontend"',
    ),
    "named context that is not there": (
        WEB + 'contexts = { base = "bases" }',
        '5: images.web.contexts.base: there is no directory "bases"',
    ),
    "named context of no image": (
        WEB + 'contexts = { base = "target:api" }',
        '5: images.web.contexts.base: "target:api" names no other image',
    ),
    "one repository twice": (
        WEB + API + 'repository = "web"',
        '9: images.api.repository: "web" is the repository of images.web too',
    ),
    "capitals in a name": (
        WEB.replace("images.web", "images.Web"),
        '2: images.Web: has capital letters, which no registry takes: set repository = "web"',
    ),
    "one character": (
        WEB + 'repository = "s"',
        "5: images.web.repository: a path of one character stops all of Flux's image automation",
    ),
    "images on each other": (
        WEB + 'contexts = { base = "target:api" }' + API + 'contexts = { base = "target:web" }',
        "5: images.web.contexts.base: images that are built on each other: web -> api -> web",
    ),
    "branches alike": (
        WEB + '[tag]\nbranches = ["release-1",\n"release/1"]',
        '7: tag.branches[1]: "release/1" and "release-1" make the same tags',
    ),
    "nodes without a driver": (
        WEB + '[builder]\nnodes = [{ endpoint = "pi" }]',
        "6: builder.nodes: nodes need a driver that can have them",
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_said(project: Project, text: str, expected: str) -> None:
    said = project.mistakes(text)
    assert [one.removeprefix("buildtool.toml:").startswith(expected) for one in said] == [True], said


LONG = "x" * 300
CASES_OF_PATHS = {LONG: "there is no file", "Dockerfile.frontend/x": "there is no file", "loop": "there is no file"}


@pytest.mark.parametrize(("path", "expected"), CASES_OF_PATHS.items())
def test_paths_no_system_takes(project: Project, path: str, expected: str) -> None:
    (project.folder / "loop").symlink_to("loop")
    said = project.mistakes(WEB.replace("Dockerfile.frontend", path))
    assert [expected in one for one in said] == [True]


FINE = {
    "one character below a project": WEB.replace("localhost:1", "localhost:1/p") + 'repository = "s"',
    "named context of another image": WEB + 'contexts = { base = "target:api" }' + API,
    "named contexts from elsewhere": WEB + 'contexts = { a = "docker-image://x/y", b = "https://x.example/y.git" }',
    "named context in a folder": WEB + 'contexts = { a = "." }',
    "an absolute dockerfile": WEB,
}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE.keys())
def test_what_is_fine(project: Project, text: str) -> None:
    assert project.mistakes(text.replace('"Dockerfile.frontend"', f'"{project.folder}/Dockerfile.frontend"')) == []


def test_a_hostile_number_of_images_is_answered(project: Project) -> None:
    images = "".join(f'[images.i{n}]\nplatforms = ["linux/arm64"]\ndockerfile = "x"\n' for n in range(3000))
    assert len(project.mistakes(f'registry = "localhost:1"\n{images}')) == 100
