"""What counts as an input of an image, on real git repositories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from buildtool.adapters.context import ContextFiles
from buildtool.adapters.git import GitRepo
from buildtool.config import load
from buildtool.usecases.push.unchanged import CommittedInputs
from tests.support.gitrepos import commit, git, repository

CONFIG = """\
registry = "127.0.0.1:5000"
[images.web]
context = "web"
platforms = ["linux/arm64"]
"""
MARKED = 'image: h/a:{tag} # {{"$imagepolicy": "flux-system:a"}}\nport: {port}\n'


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = repository(tmp_path / "repo")
    commit(
        folder,
        **{
            "buildtool.toml": CONFIG,
            "web/Dockerfile": "FROM scratch\n",
            "web/index.html": "one",
            "web/compose.yaml": MARKED.format(tag=1, port=1),
            "web/notes.md": "notes",
            "web/.dockerignore": "*.md\n",
            "other/file": "other",
            ".gitignore": "dist/\n",
        },
    )
    return folder


def digest(folder: Path, config: str = "buildtool.toml") -> str:
    environment = dict(os.environ)
    loaded = load(folder / config, {})
    inputs = CommittedInputs(loaded, GitRepo(folder, environment), ContextFiles(loaded.root))
    return inputs.of(loaded.images["web"]).digest


@pytest.mark.parametrize(
    "files",
    [
        {"web/index.html": "two"},
        {"web/new.html": "new"},
        {"web/Dockerfile": "FROM scratch\nCOPY . /\n"},
        {"web/.dockerignore": "*.txt\n"},
        {"web/compose.yaml": MARKED.format(tag=1, port=2)},
        {"buildtool.toml": CONFIG + 'target = "run"\n'},
    ],
    ids=lambda files: next(iter(files)),
)
def test_what_reaches_the_image_counts(repo: Path, files: dict[str, str]) -> None:
    before = digest(repo)
    commit(repo, **files)
    assert digest(repo) != before


@pytest.mark.parametrize(
    "files",
    [
        {"other/file": "changed"},
        {"web/notes.md": "left out by .dockerignore"},
        {"web/compose.yaml": MARKED.format(tag=2, port=1)},
        {"buildtool.toml": CONFIG + "[push]\nretries = 1\n"},
    ],
    ids=lambda files: next(iter(files)),
)
def test_what_does_not_reach_it_does_not(repo: Path, files: dict[str, str]) -> None:
    before = digest(repo)
    commit(repo, **files)
    assert digest(repo) == before


def test_a_file_removed_or_made_executable(repo: Path) -> None:
    before = digest(repo)
    (repo / "web/index.html").chmod(0o755)
    commit(repo)
    executable = digest(repo)
    git(repo, "rm", "-q", "web/index.html")
    commit(repo)
    assert len({before, executable, digest(repo)}) == 3


def test_what_git_ignores_and_docker_copies_counts(repo: Path) -> None:
    """A folder built outside docker: unchanged in git, and different in the image."""
    before = digest(repo)
    (repo / "web/dist").mkdir()
    (repo / "web/dist/app.js").write_text("1")
    built = digest(repo)
    (repo / "web/dist/app.js").write_text("2")
    assert len({before, built, digest(repo)}) == 3


def test_globs_narrow_it(repo: Path) -> None:
    commit(repo, **{"buildtool.toml": CONFIG + 'inputs = ["web/index.html", "other/**"]\n'})
    before = digest(repo)
    commit(repo, **{"web/compose.yaml": "changed: true\n"})
    assert digest(repo) == before
    commit(repo, **{"other/deep/file": "new"})
    assert digest(repo) != before


def test_a_configuration_below_the_root(repo: Path) -> None:
    commit(repo, **{"web/buildtool.toml": CONFIG.replace('context = "web"', 'context = "."')})
    before = digest(repo, "web/buildtool.toml")
    commit(repo, **{"other/file": "changed"})
    assert digest(repo, "web/buildtool.toml") == before
    commit(repo, **{"web/index.html": "changed"})
    assert digest(repo, "web/buildtool.toml") != before


def test_a_context_outside_the_repository_is_never_unchanged(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    Path(tmp_path / "outside/Dockerfile").write_text("FROM scratch\n")
    commit(repo, **{"buildtool.toml": CONFIG.replace('context = "web"', 'context = "../outside"')})
    assert not digest(repo)


def test_a_named_context_counts(repo: Path) -> None:
    commit(repo, **{"buildtool.toml": CONFIG + 'contexts = { more = "other" }\n'})
    before = digest(repo)
    commit(repo, **{"other/file": "changed"})
    assert digest(repo) != before
