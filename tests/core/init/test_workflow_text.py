"""The workflow and the hooks: sound for the tools that judge them, and never a loop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from buildtool.adapters import process
from buildtool.core.flux.lint.workflow_globs import takes
from buildtool.core.init.workflow_text import (
    ACTION,
    Job,
    as_glob,
    has_hooks,
    hooks_entry,
    hooks_file,
    is_private,
    publishes,
    runner,
    workflow,
)
from buildtool.core.yaml.parser import parse
from tests.support.tools import tool

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.core.yaml.node import Node

COMMIT = "0123456789" * 4
HOSTED = Job("main", ("ubuntu-24.04",), "ghcr.io", ["linux/amd64", "linux/arm64"], ["a [x]*.yaml"], True, COMMIT)
OWN = Job("release/1.x", ("self-hosted", "linux"), "10.0.0.1:5000", ["linux/arm64"], [], False, COMMIT)
OTHER = HOSTED._replace(host="registry.example.com", platforms=["linux/amd64"])


def root(text: str) -> Node:
    found = parse(text).documents[0].root
    assert found is not None
    return found


@pytest.mark.parametrize("job", [HOSTED, OWN, OTHER])
def test_zizmor_finds_nothing(job: Job, tmp_path: Path) -> None:
    file = tmp_path / ".github" / "workflows" / "build-and-push.yml"
    file.parent.mkdir(parents=True)
    file.write_text(workflow(job), encoding="utf-8")
    argv = [tool("zizmor"), "--offline", "--quiet", "--no-progress", "--format=json", str(file)]
    assert json.loads(process.run(argv).stdout) == []


def test_what_each_runner_needs() -> None:
    hosted, own, other = (yaml.safe_load(workflow(job))["jobs"]["publish"] for job in (HOSTED, OWN, OTHER))
    assert [step["name"].split()[0] for step in hosted["steps"]] == ["Check", "Set", "Log", "Build,"]
    assert [step["name"].split()[0] for step in own["steps"]] == ["Check", "Build,"]
    assert [step["name"].split()[0] for step in other["steps"]] == ["Check", "Log", "Build,"]
    assert hosted["permissions"] == {"contents": "read", "packages": "write"}
    assert hosted["steps"][0]["with"]["submodules"] == "recursive"
    assert own["runs-on"] == ["self-hosted", "linux"]
    assert own["steps"][-1]["uses"] == f"{ACTION}@{COMMIT}"


def test_it_is_known_to_publish() -> None:
    assert publishes(root(workflow(OWN)))
    assert publishes(root("jobs: {a: {steps: [{run: buildtool push}]}}"))
    assert not publishes(root(f"jobs: {{a: {{steps: [{{uses: {ACTION}/check@{COMMIT}}}]}}}}"))


@pytest.mark.parametrize("path", ["a/b.yaml", "a [x]*.yaml", "a+b?.yaml", "it's/#1: x.yaml"])
def test_what_flux_writes_starts_nothing(path: str) -> None:
    text = workflow(HOSTED._replace(written=[path]))
    ignored = yaml.safe_load(text)[True]["push"]["paths-ignore"]
    assert ignored == [as_glob(path)]
    assert takes(ignored, path)
    assert not takes(ignored, "a/other.yaml")


def test_the_runner_that_is_there_is_taken() -> None:
    mine = root("jobs: {a: {runs-on: ubuntu-latest}, b: {runs-on: [self-hosted, arm64]}}")
    assert runner([mine], "ghcr.io", ["linux/amd64"]) == ("self-hosted", "arm64")
    assert runner([], "ghcr.io", ["linux/amd64"]) == ("ubuntu-24.04",)
    assert runner([], "ghcr.io", ["linux/arm64"]) == ("ubuntu-24.04-arm",)
    assert runner([], "192.168.1.2:5000", ["linux/arm64"]) == ("self-hosted", "linux")


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("10.1.2.3", True),
        ("127.0.0.1:5000", True),
        ("[::1]:5000", True),
        ("registry:5000", True),
        ("nas.local", True),
        ("ghcr.io", False),
        ("8.8.8.8:443", False),
        ("registry.example.com:5000", False),
    ],
)
def test_private_hosts(host: str, *, private: bool) -> None:
    assert is_private(host) is private


def test_the_hooks() -> None:
    assert yaml.safe_load(hooks_file(COMMIT)) == {"repos": [yaml.safe_load(hooks_entry(COMMIT))]}
    assert has_hooks(root(hooks_file(COMMIT)))
    assert not has_hooks(root("repos: [{repo: a, hooks: [{id: b}]}]"))
