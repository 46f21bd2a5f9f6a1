"""Odd repositories: what `init` shows is what it writes, `check` agrees, and a second run has nothing to do."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from buildtool.core.yaml.parser import parse
from tests.support.buildtool import buildtool
from tests.support.gitrepos import git
from tests.support.odd_repos import ODD, put

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.buildtool import Ran

REGISTRY = "127.0.0.1:5000/p"
YES = ("--yes", "--registry", REGISTRY, "--insecure", "--action-commit", "a" * 40)
# what a shape needs to be told, and what check finds that was there before
TOLD = {"detached": ("--branch", "main")}
FOUND_BEFORE = {"odd-bytes"}
# shape -> the files that hold a setter afterwards
MARKED = {
    "docker-folder": ["deploy/web.yaml"],
    "containerfiles": ["k8s/all.yaml"],
    "compose-short": [],
    "helm-split": ["charts/shop/values.yaml"],
    "kustomize-tags": ["overlays/prod/kustomization.yaml"],
    "same-folder-names": ["k8s/shop.yaml"],
    "partly-configured": ["k8s/api.yaml", "k8s/web.yaml"],
    "odd-bytes": ["k8s/bom.yaml", "k8s/quoted.yaml"],
    "second-cluster-runs-it": ["apps/web/web.yaml"],
    "both-clusters-run-it": ["apps/web/web.yaml"],
    "names-without-registry": [],
}


def init(folder: Path, *arguments: str) -> Ran:
    return buildtool("init", *YES, *arguments, cwd=folder)


def files(folder: Path) -> dict[str, bytes]:
    every = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in every}
    return {name: path.read_bytes() for name, path in names.items() if ".git" not in name.split("/")}


def applied(folder: Path, before: dict[str, bytes], document: Ran) -> dict[str, bytes]:
    """The files as git makes them from the diffs of the document."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    put(folder, dict(before))
    diffs = "".join(one["diff"] for one in document.document["files"])
    subprocess.run(["git", "apply", "-"], cwd=folder, input=diffs.encode(), check=True)
    return files(folder)


@pytest.mark.parametrize("shape", ODD)
def test_what_is_shown_is_written_and_nothing_is_left_for_a_second_run(shape: str, tmp_path: Path) -> None:
    folder = ODD[shape](tmp_path / shape, REGISTRY)
    told = TOLD.get(shape, ())
    before = files(folder)
    shown = init(folder, *told, "--dry-run", "--json")
    assert shown.code == 0, shown
    assert files(folder) == before
    done = init(folder, *told)
    assert done.code == 0, done
    after = files(folder)
    assert after == applied(tmp_path / "applied", before, shown)
    checked = buildtool("check", cwd=folder)
    assert checked.code == (3 if shape in FOUND_BEFORE else 0), checked
    again = init(folder, *told)
    assert (again.code, again.stdout) == (0, ""), again
    assert files(folder) == after


@pytest.mark.parametrize("shape", MARKED)
def test_only_lines_with_a_value_of_ours_are_changed(shape: str, tmp_path: Path) -> None:
    folder = ODD[shape](tmp_path / shape, REGISTRY)
    before = files(folder)
    assert init(folder, "--no-hooks", "--no-workflow").code == 0
    changed = {path for path, text in files(folder).items() if path in before and text != before[path]}
    assert sorted(changed - {"buildtool.toml"}) == MARKED[shape]
    for path in MARKED[shape]:
        old, new = before[path].split(b"\n"), (folder / path).read_bytes().split(b"\n")
        assert len(old) == len(new)
        differing = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
        assert all(other.startswith(one + b' # {"$imagepolicy": "flux-system:') for one, other in differing)


# --- where the Flux objects go


@pytest.mark.parametrize(
    ("shape", "arguments", "cluster", "said"),
    [
        ("second-cluster-runs-it", (), "b", True),
        ("both-clusters-run-it", (), "a", True),
        ("both-clusters-run-it", ("--cluster", "clusters/b"), "b", False),
        ("both-clusters-run-it", ("--cluster", "./clusters/b/"), "b", False),
    ],
)
def test_the_objects_go_to_one_cluster(
    shape: str, arguments: tuple[str, ...], cluster: str, *, said: bool, tmp_path: Path
) -> None:
    folder = ODD[shape](tmp_path / "r", REGISTRY)
    ran = init(folder, *arguments)
    assert ran.code == 0, ran
    assert [path for path in files(folder) if "image-automation" in path] == [
        f"clusters/{cluster}/image-automation.yaml"
    ]
    note = f"of the clusters clusters/a and clusters/b it is clusters/{cluster} that gets the image objects"
    assert (note in ran.stderr) is said


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("both-clusters-run-it", "no cluster begins at apps; those of this repository begin at clusters/a, clusters/b"),
        ("containerfiles", "no cluster begins at apps; no file says where one begins"),
    ],
)
def test_a_cluster_that_is_not_there(shape: str, words: str, tmp_path: Path) -> None:
    folder = ODD[shape](tmp_path / "r", REGISTRY)
    before = files(folder)
    ran = init(folder, "--cluster", "apps")
    assert (ran.code, files(folder)) == (2, before)
    assert words in ran.stderr


def test_a_policy_without_an_automation_gets_one(tmp_path: Path) -> None:
    folder = ODD["policy-without-setters"](tmp_path / "r", REGISTRY)
    assert init(folder).code == 0
    made = (folder / "infra/image-automation.yaml").read_text()
    [root] = [document.root for document in parse(made).documents]
    assert root is not None
    assert (root.string("kind"), root.string("metadata", "namespace")) == ("ImageUpdateAutomation", "flux-system")


# --- what a person has to type


def test_images_without_a_registry_are_named_with_the_line_to_type(tmp_path: Path) -> None:
    """Nothing is written over; what is printed, once it is typed, is what a second run completes."""
    folder = ODD["names-without-registry"](tmp_path / "r", REGISTRY)
    by_hand = {one["place"]: one for one in init(folder, "--json").document["by_hand"]}
    assert sorted(by_hand) == ["chart/values.yaml:2", "compose.yaml:4", "k8s/api.yaml:16", "k8s/web.yaml:16"]
    assert (
        "it runs team/api: it gets a setter once it runs 127.0.0.1:5000/p/api" in by_hand["k8s/api.yaml:16"]["reason"]
    )
    for place, one in by_hand.items():
        path, _, line = place.partition(":")
        lines = (folder / path).read_text().split("\n")
        old = lines[int(line) - 1]
        indent = old[: len(old) - len(old.lstrip())]
        typed = [indent + text for text in one["text"].split("\n")]
        lines[int(line) - 1 : int(line) - 1 + len(typed)] = typed
        (folder / path).write_text("\n".join(lines))
    ran = init(folder)
    assert ran.code == 0, ran
    assert "by hand" not in ran.stderr
    assert "kind: ImageUpdateAutomation" in ran.stdout
    assert buildtool("check", cwd=folder).code == 0
    assert "nothing to do" in init(folder).stderr


def test_a_tag_that_is_a_variable_stays_one(tmp_path: Path) -> None:
    folder = ODD["compose-short"](tmp_path / "r", REGISTRY)
    by_hand = {one["place"]: one["reason"] for one in init(folder, "--json").document["by_hand"]}
    assert "holds a variable" in by_hand["docker-compose.yml:8"]
    assert "it runs ${REGISTRY}/worker" in by_hand["docker-compose.yml:19"]


# --- states of the files and of git


def test_a_read_only_file_ends_the_run_and_nothing_is_written(tmp_path: Path) -> None:
    folder = ODD["containerfiles"](tmp_path / "r", REGISTRY)
    (folder / "k8s/all.yaml").chmod(0o444)
    before = files(folder)
    ran = init(folder)
    assert (ran.code, files(folder)) == (2, before)
    assert "k8s/all.yaml cannot be written: nobody may write it (chmod u+w k8s/all.yaml)" in ran.stderr
    (folder / "k8s/all.yaml").chmod(0o644)
    assert init(folder).code == 0


def test_a_detached_head_needs_the_branch(tmp_path: Path) -> None:
    ran = init(ODD["detached"](tmp_path / "r", REGISTRY))
    assert ran.code == 10
    assert "--branch NAME" in ran.stderr


def test_what_is_no_utf_8_is_named(tmp_path: Path) -> None:
    ran = init(ODD["odd-bytes"](tmp_path / "r", REGISTRY))
    for path in ("k8s/latin.yaml", "k8s/utf16.yaml"):
        assert f"{path} was not looked at: it is no text in UTF-8" in ran.stderr


def test_hooks_with_windows_line_ends_keep_them(tmp_path: Path) -> None:
    folder = ODD["own-workflow"](tmp_path / "r", REGISTRY)
    old = (folder / ".pre-commit-config.yaml").read_bytes()
    assert init(folder).code == 0
    new = (folder / ".pre-commit-config.yaml").read_bytes()
    assert new.startswith(old)
    assert b"buildtool-check" in new
    assert new.count(b"\n") == new.count(b"\r\n")


def test_a_long_list_of_findings_is_cut(tmp_path: Path) -> None:
    folder = ODD["containerfiles"](tmp_path / "r", REGISTRY)
    text = (folder / "k8s/all.yaml").read_text().split("---\n")[0]
    put(folder, {f"k8s/more{number}.yaml": text.replace("api\n", f"api{number}\n") for number in range(30)})
    ran = init(folder)
    assert ran.code == 0, ran
    assert ran.stderr.count("warning: check:") == 20
    assert "check: and 12 more (buildtool check)" in ran.stderr
