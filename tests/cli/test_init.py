"""`buildtool init` as a user runs it: what it refuses, asks, leaves as it is, and adds later."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.init import init as command
from tests.support.buildtool import buildtool
from tests.support.gitrepos import commit, git
from tests.support.scratch_repos import SHAPES, TINY, deployment

if TYPE_CHECKING:
    from tests.support.buildtool import Ran

ROOT = Path(__file__).parents[2]
REGISTRY = "127.0.0.1:5000"
YES = ("--yes", "--registry", REGISTRY, "--insecure")
FILES = ["buildtool.toml", "k8s/web.yaml", "flux/image-automation.yaml", ".github/workflows/build-and-push.yml"]
FILES += [".pre-commit-config.yaml"]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return SHAPES["one-image"](tmp_path / "shop", REGISTRY)


def init(folder: Path, *arguments: str) -> Ran:
    return buildtool("init", *arguments, cwd=folder)


def changed(folder: Path) -> str:
    return git(folder, "status", "--porcelain", "--untracked-files=all")


def test_the_diff_is_what_is_written(repo: Path) -> None:
    shown = init(repo, *YES, "--dry-run")
    assert shown.code == 0
    assert changed(repo) == ""
    done = init(repo, *YES)
    assert (done.code, done.stdout) == (0, shown.stdout)
    git(repo, "add", "--intent-to-add", ".")
    written = changed(repo)
    git(repo, "reset", "--quiet", "--hard")
    git(repo, "clean", "--quiet", "--force", "-d")
    (repo.parent / "init.diff").write_text(shown.stdout)
    git(repo, "apply", "../init.diff")
    git(repo, "add", "--intent-to-add", ".")
    assert changed(repo) == written


def test_json(repo: Path) -> None:
    document = init(repo, *YES, "--json").document
    assert [one["path"] for one in document["files"]] == FILES
    assert [one["new"] for one in document["files"]] == [True, False, True, True, True]
    assert document["images"] == [
        {"image": "web", "dockerfile": "Dockerfile", "platforms": ["linux/amd64"], "policy": "flux-system:web"}
    ]
    assert (document["written"], document["errors"], document["by_hand"]) == (True, 0, [])
    assert init(repo, *YES, "--json").document["files"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "fix: buildtool init --yes --registry HOST[/PROJECT]"),
        (("--registry", REGISTRY, "--insecure"), 2, f"fix: buildtool init --yes --registry {REGISTRY} --insecure"),
        (("--yes", "--registry", "http://r"), 2, "--registry: drop"),
        (("--yes", "--platform", "arm64"), 2, 'write "linux/arm64"'),
        (("--yes", "--author", "me"), 2, "'NAME <ADDRESS>'"),
        (("--yes", "--action-commit", "main"), 2, "40 digits"),
        (("--yes", "--branch", "a b"), 2, "not the name of a branch"),
        (("--yes", "--dockerfile", "none/Dockerfile"), 2, "there is no file none/Dockerfile"),
    ],
)
def test_what_is_refused(repo: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = init(repo, *arguments)
    assert ran.code == code
    assert words in ran.stderr
    assert changed(repo) == ""


def test_the_registry_of_the_manifests_is_the_answer(repo: Path) -> None:
    assert init(repo, "--yes").code == 0
    assert f'registry = "{REGISTRY}"' in (repo / "buildtool.toml").read_text()


def test_places_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "--quiet")
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    codes = {name: init(tmp_path / name, *YES).code for name in ("plain", "bare", "empty")}
    assert codes == {"plain": 10, "bare": 10, "empty": 2}
    assert "no Dockerfile" in init(tmp_path / "empty", *YES).stderr


def test_a_link_on_the_way_stops_all(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (repo / ".github").symlink_to(tmp_path / "outside")
    before = changed(repo)
    ran = init(repo, *YES)
    assert ran.code == 2
    assert ".github is a link" in ran.stderr
    assert changed(repo) == before
    assert list((tmp_path / "outside").iterdir()) == []
    assert init(repo, *YES, "--no-workflow").code == 0


def test_what_comes_later_is_added(repo: Path) -> None:
    assert init(repo, *YES).code == 0
    before = (repo / "buildtool.toml").read_text()
    commit(
        repo, **{"api/Dockerfile": TINY, "api/index.txt": "a", "k8s/api.yaml": deployment("api", f"{REGISTRY}/api:1")}
    )
    ran = init(repo, "--yes")
    assert ran.code == 0, ran
    assert (repo / "buildtool.toml").read_text().startswith(before)
    written = [".github/workflows/build-and-push.yml", "buildtool.toml", "k8s/api.yaml", "flux/image-automation-2.yaml"]
    assert [line[-len(path) :] for line, path in zip(changed(repo).split("\n"), written, strict=True)] == written
    assert "ImageUpdateAutomation" not in (repo / "flux/image-automation-2.yaml").read_text()
    assert "nothing to do" in init(repo, "--yes").stderr


def test_files_that_cannot_be_changed_exactly_are_left(repo: Path) -> None:
    manifest = deployment("web", f"{REGISTRY}/web:1").replace("\n          image:", " # x\n          image:")
    odd = {
        "k8s/web.yaml": manifest.removesuffix("\n") + " # keep\n",
        ".pre-commit-config.yaml": "repos: [{repo: a, rev: b, hooks: []}]\n",
        ".github/workflows/build-and-push.yml": "on: workflow_dispatch\njobs: {}\n",
    }
    commit(repo, **odd)
    ran = init(repo, *YES)
    assert ran.code == 0, ran
    assert {path: (repo / path).read_text() for path in odd} == odd
    for words in ('add by hand: # {"$imagepolicy": "flux-system:web"}', "repos cannot be extended", "- uses: "):
        assert words in ran.stderr


def test_values_of_different_tags_are_not_made_to_disagree(repo: Path) -> None:
    """A marker that `check` would find fault with is left out, and named."""
    tags = [f"main-012345{number}-170000000{number}" for number in (1, 2)]
    commit(repo, **{f"k8s/{tag[:12]}.yaml": deployment(tag[:12], f"{REGISTRY}/web:{tag}") for tag in tags})
    (repo / "k8s/web.yaml").unlink()
    ran = init(repo, *YES)
    assert ran.code == 0, ran
    assert "both of one policy" in ran.stderr
    assert buildtool("check", cwd=repo).code == 0


def test_hostile_names_and_broken_files(repo: Path) -> None:
    odd = [
        "-x/Dockerfile",
        "a\nb/Dockerfile",
        "a\x1bb/Dockerfile",
        "ü ñ/Dockerfile",
        "..x/Dockerfile",
        'q"u\\o/Dockerfile',
    ]
    commit(repo, **dict.fromkeys(odd, "FROM scratch\n"), **{"k8s/broken.yaml": "image: [\n", "compose.yaml": "\t"})
    ran = init(repo, *YES)
    assert ran.code == 0, ran
    assert "k8s/broken.yaml:2 was not looked at" in ran.stderr
    assert "a\\x1bb/Dockerfile is left out" in ran.stderr
    assert "\x1b" not in ran.stderr + ran.stdout
    assert {one["image"] for one in init(repo, *YES, "--json").document["images"]} == {
        "shop",
        "x-image",
        "image",
        "x-image-2",
        "q-u-o",
    }


def test_another_registry_is_said_and_not_touched(repo: Path) -> None:
    ran = init(repo, "--yes", "--registry", "registry.example.com/team", "--name", "web")
    assert ran.code == 0, ran
    assert (
        f"k8s/web.yaml:16 is left as it is: it runs {REGISTRY}/web: it gets a setter once it runs"
        " registry.example.com/team/web"
    ) in ran.stderr
    assert (
        'add by hand: image: registry.example.com/team/web:latest # {"$imagepolicy": "flux-system:web"}' in ran.stderr
    )
    assert "k8s/web.yaml" not in changed(repo)


def test_a_registry_that_contradicts_the_file(repo: Path) -> None:
    assert init(repo, *YES).code == 0
    ran = init(repo, "--yes", "--registry", "other.example.com")
    assert ran.code == 2
    assert "buildtool.toml says registry" in ran.stderr


def test_ten_thousand_files(tmp_path: Path) -> None:
    folder = SHAPES["one-image"](tmp_path / "large", REGISTRY)
    for number in range(10_000):
        file = folder / f"d{number % 100}" / f"f{number}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text("a: 1\n")
    assert init(folder, *YES).code == 0


def test_more_dockerfiles_than_anybody_publishes(repo: Path) -> None:
    commit(repo, **{f"d{number}/Dockerfile": "FROM scratch\n" for number in range(101)})
    ran = init(repo, *YES)
    assert (ran.code, changed(repo)) == (2, "")
    assert "102 Dockerfiles" in ran.stderr
    assert init(repo, *YES, "--dockerfile", "Dockerfile", "--dockerfile", "d1/Dockerfile").code == 0


def next_of(ran: Ran) -> str:
    return ran.stderr.rpartition("next: ")[2].partition(" && buildtool push")[0].strip()


@pytest.mark.parametrize("rules", ["*.toml\n", ".github\n", "*\n!*/\n!Dockerfile\n"])
def test_files_that_git_ignores_are_committed_by_the_command_that_is_named(repo: Path, rules: str) -> None:
    commit(repo, **{".gitignore": rules})
    ran = init(repo, *YES)
    assert ran.code == 0, ran
    assert "is ignored by git" in ran.stderr
    subprocess.run(["sh", "-ec", next_of(ran)], cwd=repo, check=True, capture_output=True)
    assert set(FILES) <= set(git(repo, "ls-files").split("\n"))
    assert "nothing to do" in init(repo, "--yes").stderr


def test_a_second_run_before_ignored_files_are_added(repo: Path) -> None:
    commit(repo, **{".gitignore": ".github\n"})
    assert init(repo, *YES).code == 0
    ran = init(repo, "--yes")
    assert ran.code == 2
    assert "git add --force -- .github/workflows/build-and-push.yml" in ran.stderr


def test_the_next_command_works_in_a_folder_below(repo: Path) -> None:
    folder = repo / "s p"
    folder.mkdir()
    subprocess.run(["sh", "-ec", next_of(init(folder, *YES))], cwd=folder, check=True, capture_output=True)
    assert changed(repo) == ""


def test_what_check_finds_is_corrected_first(repo: Path) -> None:
    """A policy of other tags is left as it is: the images would be published, and Flux would never take them."""
    name = "metadata: {name: web, namespace: flux-system}\nspec:"
    policy = f"apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\n{name}\n"
    repository = policy.replace("ImagePolicy", "ImageRepository")
    policy += '  imageRepositoryRef: {name: web}\n  policy: {semver: {range: ">=1.0.0"}}\n'
    scanned = f"  image: {REGISTRY}/web\n  interval: 1m\n  insecure: true\n"
    commit(repo, **{"flux/web.yaml": f"{repository}{scanned}---\n{policy}"})
    ran = init(repo, *YES)
    assert ran.code == 3, ran
    assert "next: buildtool check" in ran.stderr


# --- its page


def test_the_page_of_documents_names_every_key(repo: Path) -> None:
    commit(repo, **{"k8s/web.yaml": deployment("web", f"{REGISTRY}/web:1 # keep"), "Dockerfile.dev": TINY})
    section = (
        (ROOT / "docs" / "json.md").read_text(encoding="utf-8").split("buildtool.init/v1\n", 1)[1].split("\n## ", 1)[0]
    )
    document = init(repo, *YES, "--json").document
    told: set[str] = set()
    for key, value in document.items():
        listed = isinstance(value, list)
        assert value != []
        items = value if listed and isinstance(value[0], dict) else []
        told |= {
            f"{key}[].{name}{'[]' if isinstance(part, list) else ''}" for one in items for name, part in one.items()
        }
        told |= set() if items else {f"{key}[]" if listed else key}
    assert told == set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_the_page_names_every_option() -> None:
    page = (ROOT / "docs" / "init.md").read_text(encoding="utf-8")
    own = [one for one in command.params if not getattr(one, "hidden", False)]  # the global options are hidden ones
    options = {option for one in own for option in one.opts if option.startswith("--")}
    assert set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE)) == options
