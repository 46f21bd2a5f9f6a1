"""Previews over a repository and over batches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.setters import LatestImage
from buildtool.errors import BuildtoolError
from buildtool.usecases.setters_preview import Run, answers, only, parse_image, plan, plan_runs
from tests.support.memory_files import MemoryFiles

MARKED = 'image: old:1 # {"$imagepolicy": "ns:app"}\n'
IMAGES = {"ns:app": LatestImage("r.io/app", "v1")}
AUTOMATION = """apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: site, namespace: ns}
spec:
  sourceRef: {kind: GitRepository, name: site}
  update: {path: ./apps, strategy: Setters}
"""


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("ns:app=r.io/app:v1", LatestImage("r.io/app", "v1")),
        ("ns:app=host:5000/app:v1@sha256:aa", LatestImage("host:5000/app", "v1", "sha256:aa")),
        ("ns:app=nginx:1.25", LatestImage("nginx", "1.25")),
    ],
)
def test_an_image_option(text: str, image: LatestImage) -> None:
    assert parse_image(text) == ("ns:app", image)


@pytest.mark.parametrize(
    "text", ["", "r.io/app:v1", "app=r.io/app:v1", "ns:app=", "ns:app=h:5/app", "a:b:c=x:1", ":b=x:1"]
)  # fmt: skip
def test_an_image_option_that_makes_no_sense(text: str) -> None:
    with pytest.raises(BuildtoolError) as caught:
        parse_image(text)
    assert caught.value.kind.exit == 2
    assert "--image" in caught.value.fix


def test_each_automation_writes_the_policies_of_its_namespace() -> None:
    runs = plan_runs(IMAGES, find_policies([("a.yaml", AUTOMATION)]), None)
    assert [(run.automation, sorted(run.images)) for run in runs] == [("ns/site", ["ns:app"])]
    assert runs[0].path.strip("./") == "apps"


def test_a_policy_of_another_namespace_is_named() -> None:
    with pytest.raises(BuildtoolError, match="no ImageUpdateAutomation uses other:app"):
        plan_runs({"other:app": IMAGES["ns:app"]}, find_policies([("a.yaml", AUTOMATION)]), None)


def test_a_given_path_stands_in_for_automations() -> None:
    runs = plan_runs(IMAGES, find_policies([("a.yaml", AUTOMATION)]), "infra")
    assert [(run.automation, run.path) for run in runs] == [("", "infra")]


def test_a_plan_reads_only_what_it_must() -> None:
    files = MemoryFiles(
        {"a.yaml": MARKED, "b.txt": MARKED, "c.yaml": b"\xff" + MARKED.encode(), "apps/d.yaml": "x: 1\n"},
        refuse={"e.yaml": ("file-unreadable", "Permission denied")},
    )
    planned = plan(files, [Run("", "", IMAGES)])
    assert set(planned.preview.files) == {"a.yaml"}
    assert planned.before == {"a.yaml": MARKED}
    assert {one.path: one.reason for one in planned.preview.skipped} == {
        "c.yaml": "not UTF-8: byte 0",
        "e.yaml": "Permission denied",
    }


def test_runs_follow_each_other() -> None:
    files = MemoryFiles({"a.yaml": MARKED + 'b: x # {"$imagepolicy": "two:app:tag"}\n'})
    runs = [Run("ns/one", "", IMAGES), Run("two/two", "", {"two:app": LatestImage("r.io/app", "v2")})]
    planned = plan(files, runs)
    assert [change.new for change in planned.preview.changes] == ["r.io/app:v1", "v2"]
    assert planned.preview.files["a.yaml"].count("v1") == planned.preview.files["a.yaml"].count("v2") == 1


def test_a_failing_run_is_an_error_that_says_no() -> None:
    with pytest.raises(BuildtoolError, match="encountered invalid image ref") as caught:
        plan(MemoryFiles({"a.yaml": MARKED}), [Run("ns/site", "", {"ns:app": LatestImage("r.io/a", "v1")})])
    assert caught.value.kind.exit == 3


def test_only_the_files_asked_for() -> None:
    planned = plan(MemoryFiles({"a.yaml": MARKED, "apps/b.yaml": MARKED}), [Run("", "", IMAGES)])
    kept = only(planned, ["apps"])
    assert set(kept.preview.files) == {"apps/b.yaml"}
    assert [change.path for change in kept.preview.changes] == ["apps/b.yaml"]


def answer(line: Any) -> dict[str, Any]:
    text = line if isinstance(line, bytes) else json.dumps(line).encode()
    return next(answers([b"\n", text]))


def test_a_batch_line() -> None:
    policy = {"namespace": "ns", "name": "app", "latestRef": {"name": "r.io/app", "tag": "v1"}}
    pending = {"namespace": "ns", "name": "two", "latestRef": None}
    found = answer({"id": 7, "path": "apps", "files": {"apps/a.yaml": MARKED}, "policies": [policy, pending]})
    assert found["id"] == 7
    assert found["error"] is None
    assert found["changes"] == {
        "a.yaml": [{"old": "old:1", "new": "r.io/app:v1", "setter": "ns:app", "line": 1, "column": 8}]
    }
    assert found["files"] == {"apps/a.yaml": MARKED.replace("old:1", "r.io/app:v1")}


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"\xff", b"null", b"[" * 100_000, {"id": 1}, {"files": [], "policies": []},
        {"files": {"a": 1}, "policies": []}, {"files": {}, "policies": [1]}, {"files": {}, "policies": {}},
        {"files": {}, "path": 1, "policies": []}, {"files": {}, "policies": [{"name": "x"}]},
        {"files": {}, "policies": [{"namespace": "n", "name": "x", "latestRef": "x:1"}]},
        {"files": {}, "policies": [{"namespace": "n", "name": "x", "latestRef": {"name": "x"}}]},
    ],
)  # fmt: skip
def test_a_bad_line_is_an_error_with_its_number(line: Any) -> None:
    found = answer(line)
    assert found["line"] == 2
    assert found["error"].startswith("line 2: ")
    assert found["files"] == found["changes"] == {}
