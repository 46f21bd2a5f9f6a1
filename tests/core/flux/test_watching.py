from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.watching import ambiguous, elsewhere, watchers
from buildtool.errors.findings import Place, Severity
from tests.support.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Collection

MANIFESTS = find_policies(
    (f"{name}.yaml", POLICY.format(name=name, registry=registry))
    for name, registry in (("web", "r.example"), ("api", "r.example"), ("podinfo", "other.example"))
)


@pytest.mark.parametrize(
    ("policies", "repositories", "seen"),
    [
        ([], [], []),
        ([], ["r.example/web"], ["flux-system:web"]),
        (["flux-system:api"], ["r.example/web"], ["flux-system:api", "flux-system:web"]),
        (["flux-system:web"], ["r.example/web"], ["flux-system:web"]),
        (["flux-system:nobody"], ["r.example/nothing"], []),
        (["flux-system:podinfo"], ["r.example/web"], ["flux-system:podinfo", "flux-system:web"]),
    ],
)
def test_who_sees_a_push(policies: Collection[str], repositories: Collection[str], seen: list[str]) -> None:
    assert [one.key for one in watchers(MANIFESTS, policies, repositories)] == seen


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (("r.example", "r.example"), False),
        (("interval: 1m", "interval: 5m"), False),
        (("order: asc", "order: desc"), True),
        (("^main-", "^release-"), True),
        (("name: web", "name: api"), False),
    ],
)
def test_policies_of_one_key_that_differ_are_named(change: tuple[str, str], *, differs: bool) -> None:
    text = POLICY.format(name="web", registry="r.example")
    found = find_policies([("a/web.yaml", text), ("b/web.yaml", text.replace(*change))])
    said = ambiguous(found, "flux-system:web")
    assert said.startswith("flux-system:web is the key of 2 policies that differ (a/web.yaml:") is differs
    assert ("b/web.yaml:" in said) is differs
    assert bool(said) is differs


def test_a_policy_that_cannot_be_read_sees_nothing() -> None:
    broken = POLICY.format(name="web", registry="r.example").replace("filterTags:", "filterTags: 1 #")
    assert watchers(find_policies([("web.yaml", broken)]), ["flux-system:web"], ["r.example/web"]) == []


@pytest.mark.parametrize(
    ("image", "pushed", "words"),
    [
        ("", "r.example/web", ""),
        ("UPPER", "r.example/web", ""),
        ("r.example/web", "r.example/web", ""),
        ("nginx", "docker.io/library/nginx", ""),
        ("r.example/api", "r.example/web", "web is published to r.example/web, flux-system:web watches r.example/api"),
        ("r.example:80/web", "r.example/web", "watches r.example:80/web (web.yaml:"),
    ],
)
def test_a_policy_that_looks_elsewhere(image: str, pushed: str, words: str) -> None:
    text = POLICY.format(name="web", registry="r.example").replace("image: r.example/web", f"image: {image}")
    found = list(elsewhere(find_policies([("web.yaml", text)]), "web", [pushed], "flux-system:web"))
    assert [(one.code, one.severity) for one in found] == [("config-image-mismatch", Severity.ERROR)] * bool(words)
    assert all(words in one.message and f"write image: {pushed} in web.yaml:" in one.fix for one in found)


def test_a_policy_of_two_clusters_may_look_here_in_one_of_them() -> None:
    here, there = (POLICY.format(name="web", registry=registry) for registry in ("r.example", "q.example"))
    both = find_policies([("clusters/a/web.yaml", here), ("clusters/b/web.yaml", there)])
    assert list(elsewhere(both, "web", ["q.example/web"], "flux-system:web")) == []


def test_a_policy_that_is_not_there_looks_nowhere() -> None:
    assert list(elsewhere(MANIFESTS, "web", ["r.example/web"], "flux-system:nobody")) == []


def test_a_command_may_see_it_less_gravely() -> None:
    place = Place("buildtool.toml", 3)
    [found] = elsewhere(MANIFESTS, "web", ["r/web"], "flux-system:web", place, Severity.WARNING)
    assert (found.place, found.severity) == (place, Severity.WARNING)
