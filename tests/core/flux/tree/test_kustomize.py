"""The model against real kustomize: names and namespaces of every build of a varied tree, and of made ones."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buildtool.core.flux.objects import objects_in
from buildtool.core.flux.tree.applied import Applier, objects_of
from buildtool.core.flux.tree.builds import Builds
from buildtool.core.flux.tree.patches import UNKNOWN
from buildtool.core.yaml.parser import parse
from tests.support import kustomize

if TYPE_CHECKING:
    from collections.abc import Mapping

HASH = re.compile(r"-[a-z0-9]{10}\Z")
Seen = Counter[tuple[str, str, str]]  # kind, namespace, name

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  template:
    spec:
      initContainers:
        - name: init
          image: docker.io/library/busybox@sha256:0000000000000000000000000000000000000000000000000000000000000000
      containers:
        - name: web
          image: registry.example.test:5000/team/web:1.0
        - name: side
          image: nginx
"""
OTHERS = """\
apiVersion: v1
kind: Namespace
metadata:
  name: own
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: reader
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: web
  namespace: elsewhere
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.test
---
apiVersion: example.test/v1
kind: Thing
metadata:
  name: thing
"""
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
TREE = {
    "base/kustomization.yaml": "resources: [web.yaml, others.yaml]\nnamePrefix: b-\n",
    "base/web.yaml": DEPLOYMENT.format(name="web"),
    "base/others.yaml": OTHERS,
    "namespaced/kustomization.yml": "resources:\n  - ../base\nnamespace: inner\nnameSuffix: -n\n",
    "outer/Kustomization": "resources:\n  - ../namespaced\n  - extra/more.yaml\nnamespace: outer\n",
    "outer/extra/more.yaml": DEPLOYMENT.format(name="more"),
    "component/kustomization.yaml": f"{COMPONENT}resources: [added.yaml]\nnamePrefix: c-\nnamespace: of-comp\n"
    "images:\n  - name: nginx\n    newName: registry.example.test/nginx\n    newTag: '1.27'\n",
    "component/added.yaml": DEPLOYMENT.format(name="added"),
    "nested/kustomization.yaml": f"{COMPONENT}components: [../component]\nnameSuffix: -two\n",
    "with-component/kustomization.yaml": "resources: [../base]\ncomponents: [../component]\nnamePrefix: o-\n"
    "configMapGenerator:\n  - name: settings\n    literals: [a=b]\n",
    "with-nested/kustomization.yaml": "resources: [../base]\ncomponents: [../nested]\nnamespace: last\n",
    "legacy/kustomization.yaml": "bases: [../base]\nnamespace: old\n",
    "images/kustomization.yaml": "resources: [../base]\nimages:\n"
    "  - name: registry.example.test:5000/team/web\n"
    "    newTag: '2.0'\n  - name: nginx\n    digest: sha256:11\n  - name: docker.io/library/busybox\n    newName: box\n"
    "  - name: other\n    newTag: '9'\n",
    "images-twice/kustomization.yaml": "resources: [../images]\nimages:\n"
    "  - name: registry.example.test:5000/team/web\n"
    "    newName: mirror/web\n    newTag: '3'\n  - name: box\n    newTag: new\n",
    "app/kustomization.yaml": "resources: [web.yaml]\n",
    "app/web.yaml": DEPLOYMENT.format(name="web"),
    "blue/kustomization.yaml": "resources: [../app]\nnamePrefix: blue-\n",
    "green/kustomization.yaml": "resources: [../app]\nnamespace: green\n",
    "both/kustomization.yaml": "resources: [../blue, ../green]\nnameSuffix: -x\n",
    "generated/kustomization.yaml": "namePrefix: g-\nnamespace: made\ngeneratorOptions:\n"
    "  disableNameSuffixHash: true\nconfigMapGenerator:\n  - name: one\n    literals: [a=b]\nsecretGenerator:\n"
    "  - name: two\n    literals: [a=b]\n",
    "targets/kustomization.yaml": "resources: [../base]\nnamespace: here\npatches:\n"
    "  - target: {kind: Deployment, namespace: nowhere}\n    patch: |-\n      $patch: delete\n"
    "      apiVersion: apps/v1\n      kind: Deployment\n      metadata: {name: any}\n"
    "  - target: {kind: Thing, namespace: default}\n    patch: |-\n      $patch: delete\n"
    "      apiVersion: example.test/v1\n      kind: Thing\n      metadata: {name: any}\n",
    "patched/kustomization.yaml": "resources: [../base]\npatches:\n  - patch: |-\n      apiVersion: example.test/v1\n"
    "      kind: Thing\n      metadata: {name: thing}\n      $patch: delete\n",
}
FOLDERS = sorted({path.rpartition("/")[0] for path in TREE} - {"outer/extra", "component", "nested"})


def modelled(files: Mapping[str, str], folder: str) -> Seen:
    parsed = {path: parse(text) for path, text in files.items()}
    build = Builds(frozenset(files), parsed.get).folder(folder)
    assert not build.gaps
    seen = Seen()
    for item in build.items:
        for made in objects_of(item, tuple(objects_in(item.path, parsed[item.path])), Applier()):
            seen[made.kind, made.namespace, HASH.sub("", made.name).removesuffix(f"-{UNKNOWN}")] += 1
    return seen


def built(files: Mapping[str, str], folder: str, scratch: Path) -> Seen | None:
    kustomize.lay_out(scratch, files)
    objects = kustomize.build(scratch / folder)
    if objects is None:
        return None
    seen = Seen()
    for one in objects:
        metadata = one["metadata"]
        hashed = one["kind"] in ("ConfigMap", "Secret")
        name = HASH.sub("", metadata["name"]) if hashed else metadata["name"]
        seen[one["kind"], metadata.get("namespace", ""), name] += 1
    return seen


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_build_of_the_varied_tree_is_as_kustomize_makes_it(folder: str, tmp_path: Path) -> None:
    real = built(TREE, folder, tmp_path)
    assert real, "kustomize refuses the folder"
    assert modelled(TREE, folder) == real


# --- made trees

NAMES = st.sampled_from(["", "", "x", "y-z"])
IMAGES = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["nginx", "registry.example.test:5000/team/web", "docker.io/library/busybox", "m/n"])},
        optional={
            "newName": st.sampled_from(["nginx", "m/n", "r.example:5000/a"]),
            "newTag": st.sampled_from(["1", "v2"]),
            "digest": st.just("sha256:22"),
        },
    ),
    max_size=2,
)


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """Folders f0, f1, … of which each takes in some of those before it; f<last> is built."""
    count = draw(st.integers(1, 5))
    files: dict[str, str] = {}
    components: set[int] = set()
    for number in range(count):
        last = number == count - 1
        before = range(number)
        component = not last and draw(st.booleans())
        plain = [n for n in before if n not in components]
        file: dict[str, Any] = {
            "resources": [f"../f{n}" for n in draw(st.lists(st.sampled_from(plain), unique=True, max_size=2))]
            if plain
            else []
        }
        if components:
            file["components"] = [
                f"../f{n}" for n in draw(st.lists(st.sampled_from(sorted(components)), unique=True, max_size=2))
            ]
        file["resources"] += ["web.yaml"] if draw(st.booleans()) or not file["resources"] else []
        prefix, suffix = draw(NAMES), draw(NAMES)
        file |= {"namePrefix": prefix and f"{prefix}-", "nameSuffix": suffix and f"-{suffix}", "namespace": draw(NAMES)}
        file["images"] = draw(IMAGES)
        file = {key: value for key, value in file.items() if value}
        if component:
            components.add(number)
            file |= {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
        files[f"f{number}/kustomization.yaml"] = yaml.safe_dump(file)
        files[f"f{number}/web.yaml"] = (
            DEPLOYMENT.format(name=f"web{number}")
            + "---\n"
            + OTHERS.replace("thing\n", f"thing{number}\n").split("---\n")[-1]
        )
    return files


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees())
def test_whatever_kustomize_builds_of_a_made_tree_the_model_knows(files: dict[str, str]) -> None:
    top = f"f{len(files) // 2 - 1}"
    with tempfile.TemporaryDirectory() as scratch:
        real = built(files, top, Path(scratch))
    if real is not None:  # refused: two objects of one name
        assert modelled(files, top) == real
