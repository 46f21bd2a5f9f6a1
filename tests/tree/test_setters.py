"""Flux's commits to this repository change tags and nothing else."""

from __future__ import annotations

import pytest

from buildtool.adapters import process
from buildtool.core.flux.setters import TOKEN, LatestImage, is_flux_form, is_read, preview
from tests.support import kube

IMAGES = ("frontend", "backend", "rollback-handler")
WRITTEN = [
    "apps/frontend/deployment.yaml",
    "apps/post-deploy/job.yaml",
    "apps/rollback-handler/deployment.yaml",
    "docker-compose.backend.yml",
]
SEED, NEXT = "master-0000000-1700000000", "master-abc1234-1707300000"
REGISTRY = "192.168.0.40:5000"


def files() -> dict[str, str]:
    """Every tracked file that the automation reads: its path is the whole repository."""
    tracked = process.run(["git", "-C", str(kube.ROOT), "ls-files", "-z"]).stdout.split("\0")
    return {
        path: (kube.ROOT / path).read_text(encoding="utf-8")
        for path in tracked
        if is_read(path) and (kube.ROOT / path).is_file()
    }


def latest(tag: str) -> dict[str, LatestImage]:
    return {f"flux-system:{name}": LatestImage(f"{REGISTRY}/{name}", tag) for name in IMAGES}


def test_only_these_files_carry_setters() -> None:
    """A test's or example's YAML file with one would be rewritten too: keep such text out of .yaml files."""
    assert [path for path, text in sorted(files().items()) if TOKEN in text] == WRITTEN


@pytest.mark.parametrize("path", WRITTEN)
def test_they_are_in_the_form_flux_writes(path: str) -> None:
    assert not is_flux_form((kube.ROOT / path).read_text(encoding="utf-8"))


def test_flux_changes_one_line_of_each_and_only_the_tag() -> None:
    before = files()
    after = preview(before, latest(NEXT), kube.only("ImageUpdateAutomation", "website")["spec"]["update"]["path"])
    assert not after.errors
    assert not after.skipped
    assert not after.reformatted
    assert sorted(after.files) == WRITTEN
    for path, text in after.files.items():
        assert text == before[path].replace(committed_tag(path), NEXT)
        assert text.count(NEXT) == 1


def test_what_is_selected_already_changes_nothing() -> None:
    tag = committed_tag("apps/frontend/deployment.yaml")
    assert not preview(files(), latest(tag), "./").files


def committed_tag(path: str) -> str:
    """The tag that stands beside the path's one setter."""
    (line,) = [line for line in (kube.ROOT / path).read_text(encoding="utf-8").splitlines() if TOKEN in line]
    return line.split(" #")[0].replace(": ", ":").rpartition(":")[2]
