"""No commit of Flux changes the blanked form of a tree, and everything else does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.setters import LatestImage, preview
from buildtool.core.flux.setters.blanked import Scope, blanked_forms

VECTORS = Path(__file__).parents[5] / "shared" / "conformance" / "setters-vectors.jsonl"
MARKER = '# {"$imagepolicy": "ns:app"}'
TAG = '# {"$imagepolicy": "ns:app:tag"}'
EVERYTHING = Scope("", lambda policy: policy.startswith("ns:"))


def forms(files: dict[str, str], *scopes: Scope) -> dict[str, str]:
    """The tree as it counts: forms in place of texts, files of moved items gone."""
    found = blanked_forms(files, scopes or (EVERYTHING,), files.get)
    return {path: text for path in files if (text := found.get(path, files[path])) is not None}


def run(files: dict[str, str], tag: str, path: str = "") -> dict[str, str]:
    """The tree after one run of the automation."""
    return {**files, **preview(files, {"ns:app": LatestImage("reg.io/app", tag)}, path).files}


LIST = f"""\
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {{name: web, namespace: shop}}
  spec:
    image: "reg.io/app:v0" {MARKER}
- apiVersion: v1
  kind: Service
  metadata: {{name: web}}
  spec: {{port: 80}}
"""
ODD = {
    "the same line": f"image: reg.io/app:v0 {MARKER}\nport: 80\n",
    "another line": f"args:\n{MARKER}\n- reg.io/app:v0\n- other\n",
    "a block": f"image: |- {MARKER}\n  reg.io/app:v0\nport: 80\n",
    "flow": f"args: [\n  {MARKER}\n  reg.io/app:v0,\n  other]\n",
    "to be formatted": f"---\n\na:   1\n\n\nb:\n    image: reg.io/app:v0   {MARKER}\r\n\n# end\n",
    "a typed value": f"newTag: 1.0 {TAG}\n",
    "null": f"newTag: null {TAG}\n",
    "quoted": f"newTag: '1' {TAG}\n",
    "anchored": f"a: &x reg.io/app:v0 {MARKER}\nb: *x\n",
    "merged": f"a: &x\n  k: v\nb:\n  <<: *x\n  image: reg.io/app:v0 {MARKER}\n",
    "several documents": f"a: 1\n---\nimage: reg.io/app:v0 {MARKER}\n---\n# none\n---\nb: 2\n",
    "annotated": f"metadata:\n  annotations:\n    config.k8s.io/id: '1'\nimage: reg.io/app:v0 {MARKER}\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
@pytest.mark.parametrize("tag", ["v1", "1.10", "20240101", "true"])
def test_a_commit_of_flux_changes_nothing(text: str, tag: str) -> None:
    files = {"a.yaml": text}
    after = run(files, tag)
    assert after != files
    assert forms(after) == forms(files)
    assert forms(run(after, "v2")) == forms(files)


def test_items_of_a_list_count_the_same_before_and_after_they_are_moved() -> None:
    before = {"apps/list.yaml": LIST, "other": "x"}
    first = run(before, "v1", "apps")
    assert {"apps/shop/deployment_web.yaml", "apps/service_web.yaml"} < first.keys()
    scope = Scope("apps", lambda _: True)
    for tag in ("v1", "v2", "v3"):
        assert forms(run(first, tag, "apps"), scope) == forms(before, scope)
        first = run(first, tag, "apps")


def test_what_is_changed_in_a_moved_item_counts() -> None:
    first = run({"list.yaml": LIST}, "v1")
    path = "shop/deployment_web.yaml"
    changed = {**first, path: first[path] + "replicas: 3\n"}
    assert forms(changed) != forms(first)
    assert forms({**first, "service_web.yaml": "kind: Other\n"})["service_web.yaml"] == "kind: Other\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("port: 80", "port: 81"),
        (MARKER, '# {"$imagepolicy": "ns:other"}'),
        ("port", "ports"),
        ("\nport", "\n# c\nport"),
    ],
)
def test_everything_else_counts(old: str, new: str) -> None:
    text = ODD["the same line"]
    assert forms({"a.yaml": text.replace(old, new)}) != forms({"a.yaml": text})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.txt", f"image: x:1 {MARKER}\n"),  # no name that Flux opens
        ("a.yaml", f"image: x:1 {MARKER.replace('ns:', 'other:')}\n"),  # of another namespace
        ("a.yaml", f"a:\n\timage: x:1 {MARKER}\n"),  # does not parse: Flux passes over it
        ("elsewhere/a.yaml", f"image: x:1 {MARKER}\n"),  # not below the path of the automation
        ("a.yaml", f"image: {MARKER}\n"),  # nothing there to set
        ("a.yaml", "image: x:1\n"),
    ],
)
def test_what_flux_does_not_change_counts_as_it_is(path: str, text: str) -> None:
    scope = EVERYTHING if "/" not in path else Scope("apps", lambda _: True)
    assert forms({path: text}, scope) == {path: text}


def test_an_automation_whose_run_fails_changes_nothing() -> None:
    """A path annotation that contradicts stops the whole run of one automation, not that of another."""
    bad = f"metadata:\n  annotations:\n    internal.config.kubernetes.io/path: x\nimage: y:1 {MARKER}\n"
    files = {"a/bad.yaml": bad, "a/good.yaml": f"image: x:1 {MARKER}\n"}
    assert forms(files, Scope("", lambda _: True)) == files
    assert forms(files, Scope("a", lambda _: True), Scope("a/good.yaml", lambda _: True)) != files


def test_two_automations_blank_what_each_sets() -> None:
    text = f"a: x:1 {MARKER}\nb: y:1 {MARKER.replace('ns:', 'other:')}\n"
    both = (EVERYTHING, Scope("", lambda policy: policy.startswith("other:")))
    assert forms({"a.yaml": text}, *both) == forms({"a.yaml": text.replace(":1 ", ":2 ")}, *both)


@pytest.mark.skipif(not VECTORS.exists(), reason="the conformance vectors are not beside the project")
def test_what_the_real_controller_wrote_counts_as_what_was_there() -> None:
    written = 0
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        vector: dict[str, Any] = json.loads(line)
        before, expected = vector["input"]["files"], vector["expected"]
        if expected["error"]:
            continue
        mine = {policy["namespace"] for policy in vector["input"]["policies"]}
        scope = Scope(vector["input"].get("path") or "", lambda policy, mine=mine: policy.partition(":")[0] in mine)  # type: ignore[misc]
        assert forms({**before, **expected["files"]}, scope) == forms(before, scope), vector["id"]
        written += bool(expected["files"])
    assert written


# --- any tree, but none where a moved item overwrites another file: that changes what is there

WORDS = st.sampled_from(["a", "b", "1", "x y", "'q'", "~"])
MARKS = st.sampled_from(["", f" {MARKER}", f" {TAG}", ' # {"$imagepolicy": "no:app"}', " # note"])
PAIR = st.builds("{}: {}{}\n".format, st.sampled_from(["k", "image", "tag"]), WORDS, MARKS)
ITEM = st.builds("- {}{}\n".format, WORDS, MARKS)
BLOCK = st.one_of(
    PAIR,
    st.lists(ITEM, min_size=1, max_size=3).map(lambda items: "l:\n" + "".join(items)),
    st.lists(PAIR, min_size=1, max_size=2).map(lambda pairs: "m:\n" + "".join(f"    {pair}" for pair in pairs)),
    st.sampled_from(["\n", f"{MARKER}\n", "# c\n", "---\n"]),
)
TEXT = st.one_of(
    st.lists(BLOCK, min_size=1, max_size=5).map("".join),
    st.sampled_from([LIST, LIST.replace(MARKER, ""), LIST.replace("web", "api"), LIST.replace("ns:", "no:")]),
)
TREE = st.dictionaries(st.sampled_from(["a.yaml", "d/b.yml", "d/Kustomization", "c.txt"]), TEXT, min_size=1)


@settings(max_examples=30)
@given(TREE, st.sampled_from(["v1", "1.10", "null"]), st.sampled_from(["", "d"]))
def test_no_run_of_an_automation_changes_the_form_of_a_tree(files: dict[str, str], tag: str, path: str) -> None:
    scope = Scope(path, lambda policy: policy.startswith("ns:"))
    after = run(files, tag, path)
    assert forms(after, scope) == forms(files, scope)
    assert forms(run(after, "v9", path), scope) == forms(files, scope)
