"""What a person sees while images are built, on real terminals of three widths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.support.gitrepos import commit, git
from tests.support.shop import NATIVE
from tests.support.tmux import Tmux

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.parts import Registries

pytestmark = pytest.mark.engine

DOCKERFILE = """\
FROM busybox:1.37 AS build
COPY index.txt /
RUN for n in 1 2 3; do echo "compiling part $n of {name}, which is a long line"; sleep 1; done; {then}
FROM busybox:1.37
COPY --from=build /index.txt /
ENTRYPOINT ["/bin/busybox"]
"""
ROW = re.compile(r"^  (service-\d+) +(?:waiting|starting|FAILED|step \d/\d) +\d+ s(?= |$)")


@pytest.fixture(scope="module")
def registry(registry_server: Registries) -> Iterator[str]:
    server = registry_server()
    yield server.address
    server.stop()


@pytest.fixture
def services(tmp_path: Path, registry: str, base_contexts: Mapping[str, str], engine: Mapping[str, str]) -> Path:
    """Three images that take some seconds each."""
    return repository(tmp_path / "services", f"{registry}/{uuid4().hex[:8]}", base_contexts, 3)


def repository(folder: Path, registry: str, base_contexts: Mapping[str, str], images: int, then: str = "true") -> Path:
    """Images service-0 and so on; `then` is what the build of the first does at its end."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    contexts = "".join(f'"{name}" = "{source}"\n' for name, source in base_contexts.items())
    tables, files = [f'registry = "{registry}"\ninsecure = true\n'], {}
    for number in range(images):
        name = f"service-{number}"
        tables.append(
            f'[images.{name}]\ndockerfile = "{name}/Dockerfile"\ncontext = "{name}"\nplatforms = ["{NATIVE}"]\n'
            f"[images.{name}.contexts]\n{contexts}"
        )
        files[f"{name}/index.txt"] = f"{registry} {name}\n"
        files[f"{name}/Dockerfile"] = DOCKERFILE.format(name=name, then=then if number == 0 else "true")
    commit(folder, **{"buildtool.toml": "\n".join(tables)}, **files)
    return folder


def rows(lines: list[str]) -> list[str]:
    return [match[1] for line in lines if (match := ROW.match(line))]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_one_line_for_each_image_and_the_end_fit_the_terminal(services: Path, width: int) -> None:
    with Tmux(width, 30, services, "push") as terminal:
        wanted = ["service-0", "service-1", "service-2"]
        terminal.wait_for(lambda lines: rows([line for line in lines if "RUN for n" in line]) == wanted)
        terminal.wait_for(lambda lines: any(ROW.match(line) and "compil" in line for line in lines))
        assert not terminal.shows_cursor()
        ended = terminal.end()
        assert terminal.shows_cursor()
    assert ended[-1] == "ended with 0"
    assert rows(ended) == []
    assert [line for line in ended if "compiling" in line] == []
    assert [line for line in ended if re.fullmatch(r"  service-\d built: 3 steps", line)]
    long = [line for line in ended if len(line) > width]
    assert [line for line in long if not re.search(r"127\.0\.0\.1|revision as built", line)] == []
    assert [line for line in ended if re.match(r"  took \d+\.\d s: ", line)]


def test_a_step_that_fails_is_shown_in_full(
    tmp_path: Path, registry: str, base_contexts: Mapping[str, str], engine: Mapping[str, str]
) -> None:
    folder = repository(tmp_path / "x", f"{registry}/fails", base_contexts, 2, "seq 1001 1030; exit 7")
    with Tmux(80, 24, folder, "push") as terminal:
        ended = terminal.end()
        assert terminal.shows_cursor()
    assert ended[-1] == "ended with 12"
    assert [f"    {number}" in ended for number in range(1001, 1031)] == [True] * 30
    assert rows(ended) == []


def test_an_interrupted_build_leaves_the_terminal_as_it_was(services: Path) -> None:
    with Tmux(80, 24, services, "push") as terminal:
        terminal.wait_for(lambda lines: len(rows(lines)) == 3)
        terminal.press("C-c")
        ended = terminal.end()
        assert terminal.shows_cursor()
    assert ended[-1] == "ended with 130"
    assert rows(ended) == []
    assert "error: interrupted" in ended


def test_ten_images_in_a_terminal_of_twelve_lines(
    tmp_path: Path, registry: str, base_contexts: Mapping[str, str], engine: Mapping[str, str]
) -> None:
    folder = repository(tmp_path / "x", f"{registry}/ten", base_contexts, 10)
    with Tmux(100, 12, folder, "push") as terminal:
        terminal.wait_for(lambda lines: len(set(rows(lines))) == 10)
        ended = terminal.end()
    assert ended[-1] == "ended with 0"
    assert rows(ended) == []
