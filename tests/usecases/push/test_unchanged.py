"""What counts as an input of an image, on real git repositories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.context import ContextFiles
from buildtool.adapters.git import GitRepo
from buildtool.adapters.manifests import RepositoryFiles
from buildtool.config import ConfigError, load
from buildtool.core.build.inputs import Inputs
from buildtool.core.flux.manifests import find_policies
from buildtool.usecases.push.unchanged import ImageInputs
from tests.support.gitrepos import commit, git, repository

if TYPE_CHECKING:
    from collections.abc import Mapping

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
            ".gitignore": "dist/\nvendor/\n",
        },
    )
    return folder


def inputs(
    folder: Path, config: str = "buildtool.toml", image: str = "web", environment: Mapping[str, str] | None = None
) -> Inputs:
    loaded, git_repo = load(folder / config, environment or {}), GitRepo(folder, dict(os.environ))
    texts = dict(RepositoryFiles(git_repo.root).texts())
    found = ImageInputs(loaded, git_repo, ContextFiles(), find_policies(texts.items()), texts)
    return found.of(loaded.images[image])


def digest(folder: Path, config: str = "buildtool.toml", image: str = "web") -> str:
    found = inputs(folder, config, image)
    assert found.digest.startswith("sha256:"), found.unknown
    return found.digest


@pytest.mark.parametrize(
    "files",
    [
        {"web/index.html": "two"},
        {"web/new.html": "new"},
        {"web/Dockerfile": "FROM scratch\nCOPY . /\n"},
        {"web/.dockerignore": "*.txt\n"},
        {"web/compose.yaml": MARKED.format(tag=1, port=2)},
        {"buildtool.toml": CONFIG + 'target = "run"\n'},
        {"buildtool.toml": CONFIG + 'args = {VERSION = "{tag}"}\n'},
        {"buildtool.toml": CONFIG + 'args = {A = {env = "HOME", default = ""}}\n'},
        {"buildtool.toml": CONFIG + 'network = "none"\n'},
        {"buildtool.toml": CONFIG + 'extra_hosts = {db = "10.0.0.2"}\n'},
        {"buildtool.toml": CONFIG + 'ulimits = ["nofile=1024"]\nshm_size = "1g"\n'},
        {"buildtool.toml": CONFIG + 'ssh = ["default"]\n'},
        {"buildtool.toml": CONFIG + "[push]\nsbom = true\n"},
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
        {"web/compose.yaml": MARKED.format(tag=2, port=1).replace("port", "\n\nport")},
        {"buildtool.toml": CONFIG + "[push]\nretries = 1\n"},
    ],
    ids=lambda files: next(iter(files)),
)
def test_what_does_not_reach_it_does_not(repo: Path, files: dict[str, str]) -> None:
    before = digest(repo)
    commit(repo, **files)
    assert digest(repo) == before


def test_the_digest_is_the_same_whether_git_knows_the_files_or_they_are_read(repo: Path) -> None:
    before = digest(repo)
    (repo / ".git/info").mkdir(exist_ok=True)
    (repo / ".git/info/attributes").write_text("* text=auto\n")
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
    commit(repo, **{"buildtool.toml": CONFIG + 'inputs = ["web/index.html", "other/**", "web/*.md"]\n'})
    before = digest(repo)
    commit(repo, **{"web/compose.yaml": "changed: true\n", "web/notes.md": "not sent"})
    assert digest(repo) == before
    commit(repo, **{"other/deep/file": "new"})
    assert digest(repo) != before


def test_globs_that_name_nothing_prove_nothing(repo: Path) -> None:
    commit(repo, **{"buildtool.toml": CONFIG + 'inputs = ["web/none"]\n'})
    assert inputs(repo) == Inputs("", "no file is named by inputs = ['web/none']")


def test_a_configuration_below_the_root(repo: Path) -> None:
    commit(repo, **{"web/buildtool.toml": CONFIG.replace('context = "web"', 'context = "."')})
    before = digest(repo, "web/buildtool.toml")
    commit(repo, **{"other/file": "changed"})
    assert digest(repo, "web/buildtool.toml") == before
    commit(repo, **{"web/index.html": "changed"})
    assert digest(repo, "web/buildtool.toml") != before


def test_a_context_above_the_configuration(repo: Path) -> None:
    below = CONFIG.replace('"web"', '"../.."') + 'dockerfile = "Dockerfile"\n'
    commit(
        repo,
        **{"svc/a/buildtool.toml": below, "svc/a/Dockerfile": "FROM scratch\n", ".dockerignore": "web\nsvc\n.git\n"},
    )
    before = digest(repo, "svc/a/buildtool.toml")
    commit(repo, **{"web/index.html": "changed"})
    assert digest(repo, "svc/a/buildtool.toml") == before
    commit(repo, **{"svc/a/Dockerfile": "FROM scratch\nCOPY . /\n"})
    dockerfile = digest(repo, "svc/a/buildtool.toml")
    commit(repo, **{"other/file": "changed"})
    assert len({before, dockerfile, digest(repo, "svc/a/buildtool.toml")}) == 3


def test_a_context_outside_the_repository_is_never_unchanged(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    Path(tmp_path / "outside/Dockerfile").write_text("FROM scratch\n")
    commit(repo, **{"buildtool.toml": CONFIG.replace('context = "web"', 'context = "../outside"')})
    assert inputs(repo) == Inputs("", "context ../outside is outside of the repository")


def test_a_context_behind_a_link(repo: Path, tmp_path: Path) -> None:
    commit(repo, **{"buildtool.toml": CONFIG.replace('"web"', '"svc"')})
    (repo / "svc").symlink_to("web")
    commit(repo)
    before = digest(repo)
    commit(repo, **{"web/index.html": "two"})
    assert digest(repo) != before
    (repo / "svc").unlink()
    (repo / "svc").symlink_to(tmp_path)
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    assert "outside of the repository" in inputs(repo).unknown


def test_a_dockerfile_behind_a_link_to_what_git_ignores(repo: Path) -> None:
    (repo / "web/dist").mkdir()
    (repo / "web/dist/Dockerfile").write_text("FROM scratch\n")
    (repo / "web/Dockerfile").unlink()
    (repo / "web/Dockerfile").symlink_to("dist/Dockerfile")
    commit(repo, **{"web/.dockerignore": "dist\n"})
    before = digest(repo)
    (repo / "web/dist/Dockerfile").write_text("FROM scratch\nCOPY a /\n")
    assert digest(repo) != before


def test_each_context_has_its_own_ignore_file(repo: Path) -> None:
    """`Dockerfile.dockerignore` is for the main context alone, and there instead of the context's own."""
    commit(
        repo,
        **{
            "buildtool.toml": CONFIG + 'contexts = { more = "other" }\n',
            "web/Dockerfile.dockerignore": "*\n",
            "other/.dockerignore": "b\n",
        },
    )
    before = digest(repo)
    commit(repo, **{"web/index.html": "two", "other/b": "left out"})
    assert digest(repo) == before
    commit(repo, **{"other/index.html": "of the named context"})
    assert digest(repo) != before


def test_submodules_and_repositories_inside_are_entered(repo: Path, tmp_path: Path) -> None:
    library = repository(tmp_path / "library")
    git(repo, "submodule", "--quiet", "add", str(library), "web/lib")
    commit(repo)
    inner = repository(repo / "web/vendor/inner")
    before = digest(repo)
    commit(inner, file="2\n")
    changed = digest(repo)
    commit(library, file="3\n")
    git(repo / "web/lib", "pull", "--quiet", "origin", "main")
    commit(repo)
    assert len({before, changed, digest(repo)}) == 3
    (warning,) = inputs(repo).warnings
    assert warning.startswith("web: context web sends lib/.git to the builder")
    assert warning.endswith("add the line **/.git to web/.dockerignore")


def test_a_commit_changes_no_input_of_a_context_that_sends_the_repository(repo: Path) -> None:
    commit(repo, **{"buildtool.toml": CONFIG.replace('"web"', '"."'), "Dockerfile": "FROM scratch\n"})
    before = inputs(repo)
    commit(repo)
    assert inputs(repo) == before
    assert [warning.rpartition(": ")[2] for warning in before.warnings] == ["add the line .git to .dockerignore"]


TWO = """
[images.base]
context = "other"
platforms = ["linux/arm64"]
[images.top]
context = "top"
platforms = ["linux/arm64"]
contexts = { web = "target:web" }
"""


def test_an_image_is_made_from_what_the_images_below_it_are_made_from(repo: Path) -> None:
    commit(
        repo,
        **{
            "buildtool.toml": CONFIG + 'contexts = { base = "target:base" }\n' + TWO,
            "other/Dockerfile": "FROM scratch\n",
            "top/Dockerfile": "FROM web\n",
        },
    )
    before = [digest(repo, image=name) for name in ("base", "web", "top")]
    commit(repo, **{"other/file": "changed"})
    after = [digest(repo, image=name) for name in ("base", "web", "top")]
    assert all(one != other for one, other in zip(before, after, strict=True))
    commit(repo, **{"top/file": "new"})
    assert [digest(repo, image=name) for name in ("base", "web")] == after[:2]
    assert digest(repo, image="top") != after[2]


def test_what_cannot_be_known_of_an_image_below_is_not_known_of_the_one_above(repo: Path) -> None:
    commit(
        repo,
        **{
            "buildtool.toml": CONFIG + 'contexts = { a = "https://example.com/a.tar" }\n' + TWO,
            "other/Dockerfile": "FROM scratch\n",
            "top/Dockerfile": "FROM web\n",
        },
    )
    why = "context https://example.com/a.tar cannot be looked at"
    assert inputs(repo) == Inputs("", why)
    assert inputs(repo, image="top") == Inputs("", f"of image web, which it is built on: {why}")


def test_a_circle_of_images(repo: Path) -> None:
    circle = CONFIG + 'contexts = { top = "target:top" }\n' + TWO
    commit(repo, **{"buildtool.toml": circle, "other/Dockerfile": "FROM scratch\n", "top/Dockerfile": "FROM web\n"})
    with pytest.raises(ConfigError, match="web -> top -> web"):
        inputs(repo)


def test_an_ignore_file_that_buildkit_refuses(repo: Path) -> None:
    commit(repo, **{"web/.dockerignore": "a\n!\n"})
    assert inputs(repo).unknown == 'web/.dockerignore cannot be used: illegal exclusion pattern: "!"'


def test_items_that_flux_moves_out_of_a_list(repo: Path) -> None:
    named = "metadata: {name: x, namespace: shop}"
    item = f'- kind: Deployment\n  {named}\n  image: h/a:1 # {{"$imagepolicy": "flux-system:a"}}\n'
    commit(
        repo,
        **{
            "web/list.yaml": "kind: List\nitems:\n" + item,
            "buildtool.toml": CONFIG.replace('"web"', '"."'),
            "Dockerfile": "",
        },
    )
    before = digest(repo)
    moved = f'kind: Deployment\n{named}\nimage: h/a:2 # {{"$imagepolicy": "flux-system:a"}}\n'
    commit(repo, **{"shop/deployment_x.yaml": moved})
    assert digest(repo) == before
    commit(repo, **{"shop/deployment_x.yaml": moved + "replicas: 2\n"})
    assert digest(repo) != before


def test_a_placeholder_counts_as_it_is_written(repo: Path) -> None:
    """What it is filled with is another text for each commit; that alone builds nothing."""
    commit(repo, **{"buildtool.toml": CONFIG + 'args = {VERSION = "{tag}", REVISION = "{revision}"}\n'})
    before = digest(repo)
    commit(repo, **{"other/file": "changed"})
    assert digest(repo) == before
    commit(repo, **{"buildtool.toml": CONFIG + 'args = {VERSION = "v{tag}", REVISION = "{revision}"}\n'})
    assert digest(repo) != before


def test_settings_that_change_no_result_do_not_count(repo: Path) -> None:
    before = digest(repo)
    commit(repo, **{"buildtool.toml": CONFIG + 'network = "default"\nno_cache_filter = ["fetch"]\n'})
    assert digest(repo) == before
    commit(repo, **{"buildtool.toml": CONFIG + 'ssh = ["git=one"]\n'})
    keyed = digest(repo)
    commit(repo, **{"buildtool.toml": CONFIG + 'ssh = ["git=another"]\n'})
    assert digest(repo) == keyed != before


def test_the_value_of_a_variable_counts(repo: Path) -> None:
    text = 'args = {KIND = {env = "KIND"}}\n'
    commit(repo, **{"buildtool.toml": CONFIG + text})
    one, two, again = (inputs(repo, environment={"KIND": value}).digest for value in ("one", "two", "one"))
    assert one == again != two
