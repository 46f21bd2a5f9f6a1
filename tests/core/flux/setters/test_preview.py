"""A run over many files: which are read, what fails it, and where items of a List go."""

from __future__ import annotations

import pytest

from buildtool.core.flux.setters import LatestImage, Preview, is_read, preview, relative

MARKED = 'image: old:1 # {"$imagepolicy": "ns:app"}\n'
IMAGES = {"ns:app": LatestImage("reg.io/app", "v1")}


def run(*paths: str, update_path: str = "", text: str = MARKED) -> Preview:
    return preview(dict.fromkeys(paths, text), IMAGES, update_path)


def test_only_some_file_names_are_read() -> None:
    names = ["a.yaml", "b.yml", "Kustomization", ".hidden/c.yaml", ".yaml", ".github/workflows/d.yml"]
    others = ["a.YAML", "b.json", ".env", "Kustomization.txt", "kustomization", "yaml", "c.yaml.tmpl"]
    assert sorted(run(*names, *others).files) == sorted(names)
    assert [name for name in names + others if is_read(name)] == names


@pytest.mark.parametrize(
    ("update_path", "written"),
    [
        ("", {"a.yaml", "apps/b.yaml", "apps/sub/c.yaml"}),
        (".", {"a.yaml", "apps/b.yaml", "apps/sub/c.yaml"}),
        ("apps", {"apps/b.yaml", "apps/sub/c.yaml"}),
        ("./apps/", {"apps/b.yaml", "apps/sub/c.yaml"}),
        ("../../apps", {"apps/b.yaml", "apps/sub/c.yaml"}),
        ("apps/sub/..", {"apps/b.yaml", "apps/sub/c.yaml"}),
        ("apps/b.yaml", {"apps/b.yaml"}),
    ],
)
def test_the_update_path_limits_the_run(update_path: str, written: set[str]) -> None:
    assert set(run("a.yaml", "apps/b.yaml", "apps/sub/c.yaml", update_path=update_path).files) == written


def test_targets_are_relative_to_the_update_path() -> None:
    change = run("apps/b.yaml", update_path="apps").changes[0]
    assert (change.path, change.target) == ("apps/b.yaml", "b.yaml")
    assert relative("apps/b.yaml", "/apps") == "b.yaml"
    assert relative("application/b.yaml", "apps") is None


def test_a_missing_update_path_fails_the_run() -> None:
    assert run("a.yaml", update_path="apps").errors == (
        "walking path for files: lstat apps: no such file or directory",
    )


def test_one_bad_reference_fails_the_whole_run() -> None:
    found = preview({"a.yaml": MARKED}, {**IMAGES, "ns:bad": LatestImage("r.io/s", "v1")})
    assert found.errors == ('encountered invalid image ref "r.io/s:v1": could not parse reference: r.io/s:v1',)
    assert (found.changes, found.files) == ((), {})


def test_a_contradicting_path_annotation_fails_the_run() -> None:
    bad = "metadata:\n  annotations:\n    internal.config.kubernetes.io/path: x\n" + MARKED
    assert "mismatched legacy and internal path annotations" in run("a.yaml", text=bad).errors[0]


def test_the_right_path_annotation_is_taken_out() -> None:
    kept = "metadata:\n  annotations:\n    config.kubernetes.io/path: a.yaml\n    b: c\n" + MARKED
    assert run("a.yaml", text=kept).files["a.yaml"].startswith("metadata:\n  annotations:\n    b: c\nimage:")


def test_an_id_is_noted_both_ways() -> None:
    text = 'metadata:\n  annotations:\n    config.k8s.io/id: "3"\n' + MARKED
    assert "    internal.config.kubernetes.io/id: '3'\n" in run("a.yaml", text=text).files["a.yaml"]


LIST = """kind: List
items:
- kind: Pod
  metadata: {name: p, namespace: n}
  image: old:1 # {"$imagepolicy": "ns:app"}
- kind: Service
  metadata: {name: s}
"""


def test_the_items_of_a_list_move_to_files_of_their_own() -> None:
    found = run("apps/a.yaml", text=LIST, update_path="apps")
    assert set(found.files) == {"apps/n/pod_p.yaml", "apps/service_s.yaml"}
    assert found.files["apps/service_s.yaml"] == "kind: Service\nmetadata: {name: s}\n"
    assert found.changes[0].target == ""
    assert found.reformatted[0].reasons[0] == "the items of the List are moved to files of their own"


def test_a_list_among_other_documents_is_an_ordinary_document() -> None:
    assert set(run("a.yaml", text=LIST + "---\na: 1\n").files) == {"a.yaml"}


def test_items_without_any_metadata_fail_the_run() -> None:
    text = 'kind: List\nitems:\n- image: old:1 # {"$imagepolicy": "ns:app"}\n'
    assert run("a.yaml", text=text).errors == ("missing Resource metadata",)


def test_an_item_that_is_no_mapping_fails_the_run() -> None:
    assert run("a.yaml", text=LIST + "- x\n").errors


def test_an_item_joins_a_file_of_that_name() -> None:
    files = {"a.yaml": LIST, "service_s.yaml": MARKED}
    found = preview(files, IMAGES)
    assert found.files["service_s.yaml"].count("---") == 1


def test_a_later_unreadable_document_wins_over_a_failure() -> None:
    bad = "metadata:\n  annotations:\n    config.kubernetes.io/path: x\n" + MARKED + "---\n- x\n"
    found = run("a.yaml", text=bad)
    assert found.errors == ()
    assert found.skipped[0].reason == "the document is a sequence, not a mapping"


def test_skipped_files_name_the_line() -> None:
    skipped = run("a.yaml", text=MARKED + "---\nb: 1\nc: [\n").skipped[0]
    assert skipped.path == "a.yaml"
    assert skipped.line >= 4


def test_files_without_the_token_are_not_looked_at() -> None:
    assert run("a.yaml", text="image: {{ broken\n") == Preview()
