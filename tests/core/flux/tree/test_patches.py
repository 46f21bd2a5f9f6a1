"""Patches: whom they are for, what they make of an object, and where nobody can know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from buildtool.core.flux.tree.patches import Patch, Target, apply, read_patch, renamed
from buildtool.core.yaml.node import Shape
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    from buildtool.core.yaml.node import Node

OBJECT = "apiVersion: a/v1\nkind: K\nmetadata: {name: web, namespace: ns}\nspec: {a: 1, b: {c: 2}, l: [1, 2]}\n"
ANYONE = Target()


def node(text: str) -> Node:
    root = parse(text).documents[0].root
    assert root is not None
    return root


def patched(patch: str, base: str = OBJECT) -> dict[str, Any] | None:
    """What becomes of the object; None where that is not known."""
    found = apply(node(base), [Patch(ANYONE, node(patch))])
    return None if found is None else found.plain()


@pytest.mark.parametrize(
    ("target", "takes"),
    [
        (Target(), True),
        (Target(group="apps"), True),
        (Target(group="batch"), False),
        (Target(kind="Deployment"), True),
        (Target(kind="Deploy"), False),
        (Target(kind="Deploy.*"), True),
        (Target(kind="StatefulSet|Deployment"), True),
        (Target(name="web"), True),
        (Target(name="we"), False),
        (Target(name="w.b"), True),
        (Target(name="b-web"), True),
        (Target(name="b-web-x"), False),
        (Target(namespace="shop"), True),
        (Target(namespace="default"), True),
        (Target(namespace="sho"), False),
        (Target(namespace="other"), False),
        (Target(kind="Deployment", name="web", namespace="other"), False),
        (Target(name="("), True),
        (Target(name="(a+)+"), True),
        (Target(name="x" * 201), True),
    ],
)
def test_whom_a_patch_is_for(target: Target, *, takes: bool) -> None:
    """By the names and namespaces that the object has had: an expression that cannot be judged may take it."""
    assert target.takes("apps", "Deployment", ["web", "b-web"], ["", "shop"]) is takes


def test_a_name_that_only_the_cluster_knows_may_be_any() -> None:
    assert Target(name="api").takes("", "Secret", ["${NAME}"], ["x"])
    assert Target(namespace="api").takes("", "Secret", ["x"], ["${NAMESPACE}"])


@pytest.mark.parametrize(
    ("patch", "spec"),
    [
        ("spec: {a: 2}", {"a": 2, "b": {"c": 2}, "l": [1, 2]}),
        ("spec: {b: {d: 3}}", {"a": 1, "b": {"c": 2, "d": 3}, "l": [1, 2]}),
        ("spec: {b: {c: null}}", {"a": 1, "b": {}, "l": [1, 2]}),
        ("spec: {b: null}", {"a": 1, "l": [1, 2]}),
        ("spec: {b: 5}", {"a": 1, "b": 5, "l": [1, 2]}),
        ("spec: {a: {x: y}}", {"a": {"x": "y"}, "b": {"c": 2}, "l": [1, 2]}),
        ("spec: {l: [3]}", {"a": 1, "b": {"c": 2}, "l": [3]}),
        ("spec: {gone: null}", {"a": 1, "b": {"c": 2}, "l": [1, 2]}),
        ("spec: {'new/x': {y: z}}", {"a": 1, "b": {"c": 2}, "l": [1, 2], "new/x": {"y": "z"}}),
        ("kind: Other\napiVersion: b/v2\nspec: {a: 3}", {"a": 3, "b": {"c": 2}, "l": [1, 2]}),
        ("- {op: replace, path: /spec/a, value: 9}", {"a": 9, "b": {"c": 2}, "l": [1, 2]}),
        ("- {op: add, path: /spec/b/d, value: {e: f}}", {"a": 1, "b": {"c": 2, "d": {"e": "f"}}, "l": [1, 2]}),
        ("- {op: remove, path: /spec/b}", {"a": 1, "l": [1, 2]}),
        (
            "- {op: remove, path: /spec/b/c}\n- {op: add, path: /spec/b/x, value: 1}",
            {"a": 1, "b": {"x": 1}, "l": [1, 2]},
        ),
        ("- {op: add, path: /spec/x~1y~0z, value: 1}", {"a": 1, "b": {"c": 2}, "l": [1, 2], "x/y~z": 1}),
    ],
)
def test_what_a_patch_makes_of_the_spec(patch: str, spec: dict[str, Any]) -> None:
    found = patched(patch)
    assert found is not None
    assert found["spec"] == spec
    assert (found["apiVersion"], found["kind"]) == ("a/v1", "K"), "neither is what a patch changes"


@pytest.mark.parametrize(
    "patch",
    [
        "$patch: delete",
        "spec: {b: {$patch: replace, x: 1}}",
        "- {op: test, path: /spec/a, value: 1}",
        "- {op: move, from: /spec/a, path: /spec/z}",
        "- {op: copy, from: /spec/a, path: /spec/z}",
        "- {op: add, path: /spec/l/-, value: 3}",
        "- {op: replace, path: /spec/l/0, value: 3}",
        "- {op: replace, path: /nowhere/a, value: 3}",
        "- {op: add, path: '', value: {}}",
        "- {op: add, path: /spec/a}",
        "- {path: /spec/a, value: 1}",
        "- text",
    ],
)
def test_what_cannot_be_known(patch: str) -> None:
    assert patched(patch) is None


def test_a_patch_that_cannot_be_read_or_whose_target_is_in_doubt_leaves_all_unknown() -> None:
    assert apply(node(OBJECT), [Patch(ANYONE, None)]) is None
    assert apply(node(OBJECT), [Patch(Target(doubtful=True), node("spec: {a: 2}"))]) is None
    assert apply(node(OBJECT), []) is not None


def test_a_merge_patch_renames_nothing() -> None:
    found = patched("metadata: {name: other, namespace: other, labels: {x: y}}")
    assert found is not None
    assert found["metadata"] == {"name": "web", "namespace": "ns", "labels": {"x": "y"}}


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ("- {op: replace, path: /metadata/name, value: x}", (True, False)),
        ("- {op: replace, path: /metadata/namespace, value: x}", (False, True)),
        ("- {op: replace, path: /metadata, value: {}}", (True, True)),
        ("- {op: replace, path: /, value: {}}", (True, True)),
        ("- {op: replace, path: /metadata/labels, value: {}}", (False, False)),
        ("spec: {a: 1}", (False, False)),
    ],
)
def test_which_patches_may_rename(patch: str, names: tuple[bool, bool]) -> None:
    assert renamed(Patch(ANYONE, node(patch))) == names
    assert renamed(Patch(ANYONE, None)) == (False, False)


@pytest.mark.parametrize(
    ("body", "target", "expected"),
    [
        ("kind: K\napiVersion: a/v1\nmetadata: {name: w.b}", "", Target(group="a", kind="K", name=r"w\.b")),
        ("kind: K\napiVersion: v1\nmetadata: {name: web}", "", Target(kind="K", name="web")),
        ("- {op: add}", "", Target(doubtful=True)),
        ("spec: {}", "{kind: K, name: web}", Target(kind="K", name="web")),
        ("spec: {}", "{group: apps, namespace: shop}", Target(group="apps", namespace="shop")),
        ("spec: {}", "{labelSelector: 'a=b'}", Target(doubtful=True)),
        ("spec: {}", "{kind: K, annotationSelector: 'a'}", Target(kind="K", doubtful=True)),
        ("kind: K\nmetadata: {name: x}", "{}", Target(kind="K", name="x")),
    ],
)
def test_the_target_of_a_patch(body: str, target: str, expected: Target) -> None:
    assert read_patch(node(body), node(target) if target else None).target == expected


def test_what_a_patch_brings_stands_where_the_object_stands() -> None:
    """Findings speak of the object's own file."""
    found = apply(node(OBJECT), [Patch(ANYONE, node("\n" * 40 + "spec: {a: {x: y}, n: [1, {z: 2}]}"))])
    assert found is not None
    assert {item.line for _, item in found.walk()} <= {1, 2, 3, 4}


# --- properties

VALUES = st.recursive(
    st.integers(0, 9) | st.sampled_from(["x", "y"]),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES | st.none(), max_size=3)


def merged(base: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(base) if isinstance(base, dict) else {}
    for key, one in patch.items():
        if one is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), one) if isinstance(result.get(key), dict) else one
    return result


@given(MAPS, MAPS)
def test_a_merge_is_that_of_rfc_7386(base: dict[str, Any], patch: dict[str, Any]) -> None:
    """A null deep inside what replaces something else stays, as kustomize leaves it."""
    without = {key: one for key, one in base.items() if one is not None}
    found = patched(yaml.safe_dump({"spec": patch}), yaml.safe_dump({"spec": without}))
    assert found is not None
    assert found["spec"] == merged(without, patch)


@given(MAPS, MAPS)
def test_a_merge_twice_is_a_merge_once(base: dict[str, Any], patch: dict[str, Any]) -> None:
    one = Patch(ANYONE, node(yaml.safe_dump({"spec": patch})))
    root = node(yaml.safe_dump({"spec": base}))
    once, twice = apply(root, [one]), apply(root, [one, one])
    assert once is not None
    assert twice is not None
    assert once.plain() == twice.plain()


@given(MAPS, MAPS)
def test_the_object_itself_stays_as_it_was(base: dict[str, Any], patch: dict[str, Any]) -> None:
    root = node(yaml.safe_dump({"spec": base}))
    before = root.plain()
    apply(root, [Patch(ANYONE, node(yaml.safe_dump({"spec": patch})))])
    assert root.plain() == before


@given(st.lists(st.sampled_from(["spec", "a", "b", "l", "0", "-", "~0", "~1", ""]), max_size=4), VALUES)
def test_any_operation_is_answered(path: list[str], value: Any) -> None:
    for name in ("add", "replace", "remove", "test"):
        one = {"op": name, "path": "".join(f"/{part}" for part in path), "value": value}
        found = apply(node(OBJECT), [Patch(ANYONE, node(yaml.safe_dump([one])))])
        assert found is None or found.shape is Shape.MAP
