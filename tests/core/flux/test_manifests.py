"""The Flux image objects of a repository."""

from __future__ import annotations

import pytest

from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.objects import clamp
from buildtool.errors.findings import Place

OBJECTS = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata:
  name: web
spec:
  image: registry.example:5000/web
  interval: 5m
  insecure: true
  exclusionList:
    - ^old-
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: web
  labels:
    team: web
spec:
  imageRepositoryRef:
    name: web
  filterTags:
    pattern: ^main-(?P<ts>[0-9]+)$
    extract: $ts
  policy:
    numerical:
      order: asc
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata:
  name: web
spec:
  git:
    checkout:
      ref:
        branch: main
  policySelector:
    matchLabels:
      team: web
  update:
    path: ./apps/
"""
KUSTOMIZATION = "kind: Kustomization\nnamespace: flux-system\nresources: [images.yaml]\n"


def test_the_objects_and_what_they_say() -> None:
    found = find_policies([("flux/images.yaml", OBJECTS), ("flux/kustomization.yaml", KUSTOMIZATION)])
    policy = found.policies["flux-system:web"]
    assert (policy.namespace, policy.name, policy.repository) == ("flux-system", "web", "web")
    assert policy.filter is not None
    assert policy.filter.extract == "$ts"
    assert policy.place == Place("flux/images.yaml", 15, 9)
    repository = found.repository_of("flux-system:web")
    assert repository is not None
    assert (repository.image, repository.insecure) == ("registry.example:5000/web", True)
    assert repository.exclusion_list == ("^old-",)
    automation = found.automations[0]
    assert (automation.path, automation.push_branch, dict(automation.selector)) == ("apps", "main", {"team": "web"})


def test_without_a_namespace_there_is_none_and_that_of_the_kustomization_wins_over_an_own_one() -> None:
    assert list(find_policies([("a.yaml", OBJECTS)]).policies) == [":web"]
    own = OBJECTS.replace("  name: web\n", "  name: web\n  namespace: own\n", 2)
    assert "own:web" in find_policies([("images.yaml", own)]).repositories
    found = find_policies([("images.yaml", own), ("kustomization.yaml", KUSTOMIZATION)])
    assert list(found.repositories) == ["flux-system:web"]


def test_a_reference_to_another_namespace() -> None:
    text = OBJECTS.replace("imageRepositoryRef:\n    name: web", "imageRepositoryRef:\n    name: web\n    namespace: x")
    assert find_policies([("a.yaml", text)]).policy_repository == {":web": "x:web"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("extract: $ts", "extract: 5"),
        ("extract: $ts", "extract: [a]"),
        ("numerical:\n      order: asc", "numerical: asc"),
        ("pattern: ^main-(?P<ts>[0-9]+)$", "pattern: true"),
    ],
)
def test_a_spec_of_the_wrong_shape_is_kept_with_the_reason(old: str, new: str) -> None:
    assert old in OBJECTS
    found = find_policies([("a.yaml", OBJECTS.replace(old, new))])
    assert not found.policies
    refusal = found.refusal_of(":web")
    assert refusal is not None
    assert "spec." in refusal.reason
    assert refusal.place.path == "a.yaml"


def test_a_policy_of_an_old_version_is_refused_for_what_cannot_be_read() -> None:
    old = OBJECTS.replace("toolkit.fluxcd.io/v1\n", "toolkit.fluxcd.io/v1beta2\n").replace("extract: $ts", "extract: 5")
    found = find_policies([("a.yaml", old)])
    assert found.refusal_of(":web") is None
    assert "spec.filterTags.extract must be text" in found.unreadable[":web"][0]


def test_a_policy_is_refused_with_its_repository() -> None:
    found = find_policies([("a.yaml", OBJECTS.replace("  interval: 5m\n", "  interval: 1d\n"))])
    refusal = found.refusal_of(":web")
    assert list(found.policies) == [":web"]
    assert refusal is not None
    assert "ImageRepository web: spec.interval" in refusal.reason
    assert refusal.fix == "write 24h: hours are the largest unit"


def test_a_patched_field_is_not_judged() -> None:
    patch = """\
resources: [a.yaml]
patches:
  - patch: |-
      - op: replace
        path: /spec/interval
        value: 5m
    target: {kind: ImageRepository}
"""
    broken = OBJECTS.replace("  interval: 5m\n", "  interval: 1d\n")
    assert find_policies([("a.yaml", broken), ("kustomization.yaml", patch)]).refusal_of(":web") is None


def test_an_unset_pattern_is_none() -> None:
    text = OBJECTS.replace("    extract: $ts\n", "").replace("  filterTags:\n    pattern: ^main-(?P<ts>[0-9]+)$\n", "")
    assert find_policies([("a.yaml", text)]).policies[":web"].filter is None


def test_what_does_not_parse_holds_nothing() -> None:
    assert not find_policies([("a.yaml", "a: [\n" + OBJECTS)]).policies


def test_policies_inside_a_list() -> None:
    item = OBJECTS.split("---\n")[1].replace("\n", "\n    ").rstrip()
    assert ":web" in find_policies([("a.yaml", f"apiVersion: v1\nkind: List\nitems:\n  - {item}\n")]).policies


@pytest.mark.parametrize(
    ("path", "clamped"),
    [
        ("./", ""),
        ("", ""),
        (".", ""),
        ("./a/b/", "a/b"),
        ("../a", "a"),
        ("a/../../b", "b"),
        ("/a", "a"),
        ("a//b", "a/b"),
    ],
)
def test_paths_stay_inside_as_flux_joins_them(path: str, clamped: str) -> None:
    assert clamp(path) == clamped
