"""What is read, what is reported for given paths, and that nothing hostile is more than a finding."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.adapters.manifests import RepositoryFiles
from buildtool.core.yaml.bounds import MAX_BYTES
from buildtool.errors.catalogue import pages
from buildtool.usecases.check.run import check
from tests.support.memory_files import MemoryFiles
from tests.support.trees import committed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AUTOMATION = "clusters/pi-cluster/image-automation.yaml"
DEPLOYMENT = "apps/frontend/deployment.yaml"
JOB = "apps/post-deploy/job.yaml"
HANDLER = "apps/rollback-handler/deployment.yaml"
TTL = b"  ttlSecondsAfterFinished: 60\n"
BOMB = b"a: &a [x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (i + 1, i + 1, b", ".join([b"*%c" % i] * 8)) for i in range(97, 110)
)


def codes(files: Mapping[str, str | bytes], *given_paths: str) -> set[str]:
    found = check(MemoryFiles(files), None, given=given_paths or None).findings
    assert all(finding.place for finding in found)
    return {finding.code for finding in found}


def tree(**changes: bytes) -> dict[str, bytes]:
    """The committed tree; `job` replaces the text of the Job, `automation` that of the image objects."""
    files = {path: data for path, data in committed().items() if path.startswith(("apps", "clusters", "infra"))}
    names = {"job": JOB, "automation": AUTOMATION, "deployment": DEPLOYMENT}
    return {**files, **{names[name]: data for name, data in changes.items()}}


def job_with_ttl() -> bytes:
    return committed()[JOB].replace(b"  backoffLimit: 2\n", b"  backoffLimit: 2\n" + TTL)


# --- hostile input

PREFIXES = [
    b"",
    b'# {"$imagepolicy": "a:b"}\n---\n',
    b"kind: Job\n---\n",
    b"kind: Secret\n---\n",
]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB, "yaml-bomb"),
        (b"[" * 1_000_000, "yaml-too-deep"),
        (b"a:\n\tb: 1\n", "yaml-syntax"),
        (b"x\x00y: 1\n", "yaml-syntax"),
        (b"\xff\xfea\xd8", "yaml-syntax"),
        (b"\x80\x81", "yaml-syntax"),
        (b"q: 1\nq: 2\n", "yaml-duplicate-key"),
        (b"a: *nothing\n", "yaml-syntax"),
    ],
)
def test_hostile_files_end_in_a_finding(prefix: bytes, data: bytes, code: str) -> None:
    whole = data if data.startswith(b"\xff\xfe") else prefix + data
    assert code in codes({"a.yaml": whole})


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab:-[]{}#&*!|>'\"% \n\t0$", max_size=80), st.sampled_from(["a.yaml", "compose.yaml"]))
def test_no_text_in_any_place_raises(text: str, path: str) -> None:
    head = 'apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nx: y # {"$imagepolicy": "a:b"}\n'
    files = {path: head + text, "kustomization.yaml": text, ".github/workflows/w.yml": "on: push\n" + text}
    assert codes(files) <= {page.code for page in pages()}, "findings of the catalogue, each at a place"


SHAPES = ["null", "[]", "{}", "[1]", "text", "{a: {b: c}}", "[[]]", "*x", "!!binary x", "2001-01-01", "[{name: []}]"]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_value_may_have_any_shape(shape: str) -> None:
    """Each value of each object of the committed tree replaced by something else, one at a time."""
    for path, data in tree().items():
        if not path.endswith((".yaml", ".yml")):
            continue
        lines = data.decode().split("\n")
        for number, line in enumerate(lines):
            key, colon, value = line.partition(": ")
            if colon and value and not key.lstrip().startswith("#") and (number + len(path)) % 3 == 0:
                changed = [*lines[:number], f"{key}: {shape}", *lines[number + 1 :]]
                found = check(MemoryFiles({**tree(), path: "\n".join(changed)}), None, given=[path]).findings
                assert {finding.place.path for finding in found if finding.place} <= set(tree()) | {path}
                break


def test_hostile_files_on_disk(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "out.yaml").symlink_to("/etc/hostname")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml" / "up").symlink_to(tmp_path)
    (tmp_path / "dangling.yaml").symlink_to("nowhere.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(50_000_000)
    found = check(RepositoryFiles(tmp_path), None).findings
    assert {(finding.place.path, finding.code) for finding in found if finding.place} == {
        ("loop.yaml", "file-unreadable"),
        ("out.yaml", "file-outside"),
        ("dangling.yaml", "file-unreadable"),
        ("pipe.yaml", "file-unreadable"),
        ("large.yaml", "yaml-too-large"),
    }


def test_a_text_just_too_large_is_not_parsed() -> None:
    assert codes({"a.yaml": b"#" * (MAX_BYTES + 1)}) == {"yaml-too-large"}


# --- what is reported


def test_with_paths_only_their_findings_are_reported() -> None:
    files = tree(job=job_with_ttl())
    assert codes(files, DEPLOYMENT) == set()
    assert codes(files, JOB) == {"job-ttl"}


def test_with_paths_what_they_cause_elsewhere_is_reported_too() -> None:
    files = tree(automation=committed()[AUTOMATION].replace(b"path: ./", b"path: ./clusters"))
    found = check(MemoryFiles(files), None, given=[AUTOMATION]).findings
    assert {finding.code for finding in found} == {"marker-outside-path"}
    assert {finding.place.path for finding in found if finding.place} == {DEPLOYMENT, JOB, HANDLER}


def test_a_given_path_that_is_not_there() -> None:
    assert codes({}, "gone.yaml") == {"file-unreadable"}


def test_a_file_deleted_but_not_committed_is_no_finding() -> None:
    class Deleted(MemoryFiles):
        def paths(self) -> list[str]:
            return ["gone.yaml"]

    assert check(Deleted({}), None).findings == ()


def test_the_line_of_each_finding_comes_with_it() -> None:
    found = check(MemoryFiles(tree(job=job_with_ttl())), None)
    assert [found.lines[finding.place] for finding in found.findings if finding.place] == [TTL.decode().rstrip("\n")]


def test_templates_of_a_chart_are_not_yaml_yet() -> None:
    files = {"chart/Chart.yaml": "name: a\n", "chart/templates/x.yaml": "{{ if .a }}\na: {{ .b }}\n{{ end }}\n"}
    assert codes(files) == set()
    assert codes({"x.yaml": files["chart/templates/x.yaml"]}) == {"yaml-syntax"}


def test_unknown_kinds_are_left_alone() -> None:
    text = "apiVersion: example.com/v1\nkind: Job\nspec:\n  ttlSecondsAfterFinished: 5\n  force: true\n"
    assert codes({"a.yaml": text}) == set()


def test_warnings_fail_only_when_asked() -> None:
    found = check(MemoryFiles({"compose.yaml": "version: '3'\nservices: {}\n"}), None)
    assert not found.failed()
    assert found.failed(strict=True)
