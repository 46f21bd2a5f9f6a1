"""Which cluster gets which object, and by which name: what is applied, what is unknown, what nobody reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.substitution import may_be
from buildtool.core.flux.tree.model import FluxTree, Presence
from buildtool.core.flux.tree.sources import Where, normal_url
from buildtool.core.yaml.parser import parse

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

SOURCE = "  sourceRef: {kind: GitRepository, name: flux-system}\n"


def applies(name: str, path: str, more: str = "", source: str = SOURCE, namespace: str = "flux-system") -> str:
    """A Flux Kustomization."""
    head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
    return f"{head}metadata: {{name: {name}, namespace: {namespace}}}\nspec:\n  path: {path}\n{source}{more}"


def thing(name: str = "web", namespace: str = "", kind: str = "ImagePolicy") -> str:
    where = f", namespace: '{namespace}'" if namespace else ""
    return (
        f"apiVersion: image.toolkit.fluxcd.io/v1\nkind: {kind}\nmetadata: {{name: '{name}'{where}}}\nspec: {{a: b}}\n"
    )


def model(files: Mapping[str, str]) -> FluxTree:
    return FluxTree({path: parse(text) for path, text in files.items()}, files)


def keys(files: Mapping[str, str], kind: str = "ImagePolicy") -> set[str]:
    return {item.key for item in model(files).objects if item.kind == kind}


SYNC = {"clusters/a/flux-system/gotk-sync.yaml": applies("flux-system", "./clusters/a")}


# --- names and namespaces


def test_target_namespace_wins_over_that_of_kustomize_and_this_over_the_objects_own() -> None:
    files = {
        **SYNC,
        "clusters/a/apps.yaml": applies("apps", "apps", "  targetNamespace: target\n  namePrefix: p-\n"),
        "apps/kustomization.yaml": "namespace: kustomized\nnamePrefix: lost-\nnameSuffix: -s\nresources: [x.yaml]\n",
        "apps/x.yaml": thing("web", "own"),
    }
    assert keys(files) == {"target:p-web-s"}
    del files["clusters/a/apps.yaml"]
    assert keys({**files, "clusters/a/apps.yaml": applies("apps", "./apps/")}) == {"kustomized:lost-web-s"}


def test_a_path_without_a_kustomization_file_takes_in_everything_below() -> None:
    files = {
        **SYNC,
        "clusters/a/apps.yaml": applies("apps", "./apps", "  targetNamespace: t\n"),
        "apps/one.yaml": thing("one"),
        "apps/deep/er/two.yml": thing("two"),
        "apps/built/kustomization.yaml": "resources: [three.yaml]\nnamePrefix: b-\n",
        "apps/built/three.yaml": thing("three"),
        "apps/built/left-out.yaml": thing("four"),
        "apps/not.txt": thing("five"),
    }
    assert keys(files) == {"t:one", "t:two", "t:b-three"}


def test_components_of_a_flux_kustomization_and_its_variables() -> None:
    more = (
        "  components: [../../components/images]\n  targetNamespace: ${NS}\n"
        "  postBuild: {substitute: {APP: web, NS: team}}\n"
    )
    files = {
        **SYNC,
        "clusters/a/apps.yaml": applies("apps", "apps/web", more.replace("${NS}", "team")),
        "apps/web/kustomization.yaml": "resources: []\n",
        "components/images/kustomization.yaml": "kind: Component\nresources: [x.yaml]\n",
        "components/images/x.yaml": thing("${APP}-${TIER:=front}", "${NS}"),
    }
    assert keys(files) == {"team:web-front"}


def test_variables_from_the_cluster_stay_unknown_and_may_be_anything() -> None:
    files = {
        **SYNC,
        "clusters/a/apps.yaml": applies("apps", "apps", "  postBuild: {substituteFrom: [{kind: Secret, name: s}]}\n"),
        "apps/x.yaml": thing("${APP}-images", "ns"),
    }
    tree = model(files)
    assert tree.presence("ImagePolicy", "ns", "web-images") is Presence.UNKNOWN
    assert tree.presence("ImagePolicy", "ns", "web") is Presence.MISSING
    assert tree.presence("ImagePolicy", "other", "web-images") is Presence.MISSING


def test_patches_of_an_overlay_change_the_spec_and_keep_the_place() -> None:
    patch = (
        "patches:\n- patch: |\n    apiVersion: image.toolkit.fluxcd.io/v1\n    kind: ImagePolicy\n"
        "    metadata: {name: web}\n    spec: {a: changed, c: {d: e}}\n"
    )
    operations = (
        "patches:\n- target: {kind: ImagePolicy}\n  patch: |\n    - {op: replace, path: /spec/a, value: x}\n"
        "    - {op: add, path: /spec/n, value: y}\n"
    )
    base = {"base/kustomization.yaml": "resources: [x.yaml]\n", "base/x.yaml": thing("web", "ns")}
    for text, spec in ((patch, {"a": "changed", "c": {"d": "e"}}), (operations, {"a": "x", "n": "y"})):
        tree = model({**base, "over/kustomization.yaml": f"resources: [../base]\n{text}"})
        (item,) = tree.objects
        assert item.root.plain()["spec"] == spec
        assert (item.path, item.patched) == ("base/x.yaml", False)
        assert all(node.line <= 4 for _, node in item.root.walk())
    doubtful = operations.replace("{kind: ImagePolicy}", "{labelSelector: 'a=b'}")
    (item,) = model({**base, "over/kustomization.yaml": f"resources: [../base]\n{doubtful}"}).objects
    assert item.patched
    renames = "patches:\n- target: {kind: ImagePolicy}\n  patch: '[{op: replace, path: /metadata/name, value: x}]'\n"
    tree = model({**base, "over/kustomization.yaml": f"resources: [../base]\n{renames}"})
    assert tree.presence("ImagePolicy", "ns", "x") is Presence.UNKNOWN


# --- clusters


def test_two_clusters_are_two_worlds_and_what_neither_reaches_is_in_none() -> None:
    files = {
        **SYNC,
        "clusters/b/flux-system/gotk-sync.yaml": "# written by bootstrap\n",
        "clusters/a/apps.yaml": applies("apps", "shared", "  targetNamespace: in-a\n"),
        "clusters/b/apps.yaml": applies("apps", "shared", "  targetNamespace: in-b\n"),
        "clusters/b/own.yaml": thing("own", "b"),
        "shared/x.yaml": thing("web"),
        "archive/old.yaml": thing("old", "x"),
        "templates/new.yaml": thing("new", "x"),
    }
    tree = model(files)
    found = {item.key: set(item.worlds) for item in tree.objects if item.kind == "ImagePolicy"}
    assert found == {"in-a:web": {"clusters/a"}, "in-b:web": {"clusters/b"}, "b:own": {"clusters/b"}}
    assert not tree.is_applied("archive/old.yaml")
    assert tree.is_applied("shared/x.yaml")
    assert tree.presence("ImagePolicy", "b", "own", {"clusters/a"}) is Presence.MISSING
    assert tree.presence("ImagePolicy", "b", "own", {"clusters/b"}) is Presence.THERE
    assert tree.presence("ImagePolicy", "b", "own") is Presence.THERE


def test_a_flux_instance_and_a_kustomization_that_applies_itself_begin_a_cluster() -> None:
    instance = (
        "apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux}\nspec:\n"
        "  sync: {kind: GitRepository, url: 'https://x.example/r.git', path: clusters/a}\n"
    )
    files = {"bootstrap/flux.yaml": instance, "clusters/a/x.yaml": thing("web", "ns"), "dead/y.yaml": thing("y", "ns")}
    assert keys(files) == {"ns:web"}
    itself = {
        "flux/cluster.yaml": applies("cluster", "./flux", source="  sourceRef: {kind: GitRepository, name: home}\n")
    }
    files = {**itself, "flux/x.yaml": thing("web", "ns"), "dead/y.yaml": thing("y", "ns")}
    assert keys(files) == {"ns:web"}


def test_without_a_beginning_everything_may_be_applied_but_what_is_abandoned() -> None:
    files = {
        "deploy/x.yaml": thing("web"),
        "deploy/kustomization.yaml": "namespace: n\nresources: [x.yaml]\n",
        "loose.yaml": thing("loose", "l"),
        "archive/old.yaml": thing("old", "o"),
        "patches/p.yaml": thing("web"),
        "over/kustomization.yaml": "resources: [../deploy]\nnamespace: top\npatches: [{path: ../patches/p.yaml}]\n",
    }
    tree = model(files)
    assert {item.key for item in tree.objects} == {"top:web", "l:loose"}
    assert not any(item.sure for item in tree.objects)
    assert tree.is_applied("any/thing.yaml")


def test_namespaces_of_kustomizations_are_given_by_kustomize_too() -> None:
    files = {
        "apps/net/kustomization.yaml": "namespace: network\nresources: [ks.yaml]\n",
        "apps/net/ks.yaml": applies("tunnel", "./apps/net/app", "  targetNamespace: network\n").replace(
            ", namespace: flux-system", "", 1
        ),
        "apps/net/app/x.yaml": thing("web"),
    }
    tree = model(files)
    assert tree.presence("Kustomization", "network", "tunnel") is Presence.THERE
    (policy,) = (item for item in tree.objects if item.kind == "ImagePolicy")
    assert (policy.key, policy.appliers) == ("network:web", ("network:tunnel",))


# --- what cannot be known


@pytest.mark.parametrize(
    "more",
    [
        {"clusters/a/k/kustomization.yaml": "resources: ['https://example.test/x?ref=v1']\n"},
        {"clusters/a/k.yaml": applies("tenant", "./x", source="  sourceRef: {kind: OCIRepository, name: t}\n")},
        {"clusters/a/k.yaml": applies("tenant", "./x", source="  sourceRef: {kind: GitRepository, name: t}\n")},
        {"clusters/a/k.yaml": "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {name: x}\n"},
        {"clusters/a/k/kustomization.yaml": "resources: [missing.yaml]\n"},
    ],
)
def test_what_comes_from_somewhere_else_makes_a_missing_object_unknown(more: dict[str, str]) -> None:
    assert model(SYNC).presence("ImagePolicy", "n", "x") is Presence.MISSING
    assert model({**SYNC, **more}).presence("ImagePolicy", "n", "x") is Presence.UNKNOWN


def test_a_remote_base_with_a_namespace_leaves_only_that_open() -> None:
    files = {**SYNC, "clusters/a/k/kustomization.yaml": "namespace: n\nresources: ['https://example.test/x?ref=v1']\n"}
    tree = model(files)
    assert tree.presence("ImagePolicy", "n", "x") is Presence.UNKNOWN
    assert tree.presence("ImagePolicy", "m", "x") is Presence.MISSING


def repository(name: str, url: str) -> str:
    head = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
    return f"{head}metadata: {{name: {name}}}\nspec: {{url: '{url}'}}\n"


def test_whose_files_a_source_has() -> None:
    sync = SYNC["clusters/a/flux-system/gotk-sync.yaml"]
    files = {
        "clusters/a/flux-system/gotk-sync.yaml": sync + "---\n" + repository("flux-system", "ssh://git@x.example/o/r"),
        "clusters/a/s.yaml": repository("write", "https://x.example/o/r.git")
        + "---\n"
        + repository("o", "https://y.example/p"),
    }
    sources = model(files).sources
    assert sources.of("GitRepository", "flux-system") is Where.HERE
    assert sources.of("GitRepository", "write") is Where.HERE
    assert sources.of("GitRepository", "o") is Where.ELSEWHERE
    assert sources.of("GitRepository", "nobody-knows") is Where.UNKNOWN
    assert sources.of("OCIRepository", "x") is Where.ELSEWHERE


@pytest.mark.parametrize("url", ["https://X.example/o/r.git", "ssh://git@x.example:22/o/r", "git@x.example:o/r.git"])
def test_one_form_for_every_url(url: str) -> None:
    assert normal_url(url) == "x.example/o/r"


@pytest.mark.parametrize(
    ("text", "wanted", "answer"),
    [("${A}", "x", True), ("a-${A}", "b", False), ("a-${A}-c", "a-b-c", True), ("a", "${B}", True), ("a", "b", False)],
)
def test_what_a_name_with_a_variable_may_be(text: str, wanted: str, *, answer: bool) -> None:
    assert may_be(text, wanted) is answer


# --- hostile trees, and order


def test_circles_and_bombs_end() -> None:
    circle = {
        **SYNC,
        "a/kustomization.yaml": "resources: [../b]\n",
        "b/kustomization.yaml": "resources: [../a, x.yaml]\n",
        "b/x.yaml": thing(),
        "clusters/a/k.yaml": applies("k", "a"),
        "clusters/a/l.yaml": applies("l", "."),
    }
    assert model(circle).objects
    bomb = {f"f{n}/kustomization.yaml": f"resources: [../f{n + 1}, ../f{n + 1}]\n" for n in range(60)}
    tree = model({**bomb, "f60/kustomization.yaml": "resources: [x.yaml]\n", "f60/x.yaml": thing()})
    assert len(tree.objects) <= 1
    assert tree.presence("ImagePolicy", "n", "x") is Presence.UNKNOWN
    deep = {f"f{n}/kustomization.yaml": f"resources: [../f{n + 1}]\n" for n in range(3000)}
    assert model(deep).presence("ImagePolicy", "n", "x") is Presence.UNKNOWN
    heads = {f"k/{n}.yaml": applies(f"k{n}", "k", namespace=f"n{n % 7}") for n in range(60)}
    assert model(heads).objects


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a/kustomization.yaml", "b/x.yaml", "flux-system/gotk-sync.yaml"]),
            st.text(alphabet="resources: [../ab]\n-{}&*${}kindpath", max_size=80),
        )
    )
)
def test_no_text_in_any_file_raises(files: list[tuple[str, str]]) -> None:
    tree = model({**SYNC, **dict(files)})
    assert len(tree.worlds) >= 1
    assert tree.presence("ImagePolicy", "n", "x") in Presence


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_files_changes_nothing(shuffle: random.Random) -> None:
    files = {
        **SYNC,
        "clusters/a/apps.yaml": applies("apps", "shared", "  targetNamespace: in-a\n"),
        "clusters/a/more.yaml": applies("more", "shared", "  targetNamespace: in-b\n"),
        "shared/kustomization.yaml": "resources: [x.yaml, y.yaml]\n",
        "shared/x.yaml": thing("web"),
        "shared/y.yaml": thing("${A}"),
    }
    mixed = list(files.items())
    shuffle.shuffle(mixed)
    described = [[(i.path, str(i), i.appliers, i.worlds) for i in model(f).objects] for f in (files, dict(mixed))]
    assert described[0] == described[1]


# --- the files of one Kustomization


def test_the_files_that_a_kustomization_takes_in() -> None:
    """Kustomization files, components and patches too: a setter may stand in any of them."""
    files = {
        **SYNC,
        "clusters/a/web.yaml": applies("web", "apps/web"),
        "clusters/a/all.yaml": applies("all", "./apps"),
        "clusters/a/none.yaml": applies("none", "./elsewhere"),
        "apps/web/kustomization.yaml": "resources: [x.yaml, ../base]\npatches: [{path: patch.yaml}]\n",
        "apps/web/x.yaml": thing("x"),
        "apps/web/patch.yaml": thing("x"),
        "apps/web/lost.yaml": thing("lost"),
        "apps/base/kustomization.yaml": "resources: [y.yaml]\n",
        "apps/base/y.yaml": thing("y"),
    }
    [web] = model(files).files_of("flux-system:web")
    assert web == {f"apps/{one}" for one in ("web/kustomization.yaml", "web/x.yaml", "web/patch.yaml")} | {
        "apps/base/kustomization.yaml",
        "apps/base/y.yaml",
    }
    [everything] = model(files).files_of("flux-system:all")
    assert everything >= web
    assert model(files).files_of("flux-system:none") == ()
    assert model(files).files_of("flux-system:other") == ()


def test_the_files_of_one_name_in_two_clusters() -> None:
    files = {
        **SYNC,
        "clusters/b/flux-system/gotk-sync.yaml": applies("flux-system", "./clusters/b"),
        "clusters/a/web.yaml": applies("web", "apps/a"),
        "clusters/b/web.yaml": applies("web", "apps/b"),
        "apps/a/x.yaml": thing("x"),
        "apps/b/x.yaml": thing("x"),
    }
    assert {path for found in model(files).files_of("flux-system:web") for path in found} >= {
        "apps/a/x.yaml",
        "apps/b/x.yaml",
    }
    [only] = model(files).files_of("flux-system:web", "./clusters/b/")
    assert "apps/b/x.yaml" in only
    assert "apps/a/x.yaml" not in only
    assert model(files).files_of("flux-system:web", "clusters/c") == ()
