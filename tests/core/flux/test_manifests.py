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
    assert policy.place == Place("flux/images.yaml", 14, 9)
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
    reason, place = found.unreadable[":web"]
    assert "spec." in reason
    assert place.path == "a.yaml"


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
