from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.flux.manifests import ImageRepository, find_policies
from buildtool.core.flux.watching import elsewhere, watchers
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
    assert watchers(MANIFESTS, policies, repositories) == seen


def repository(image: str) -> ImageRepository:
    return ImageRepository("flux-system", "web", image, insecure=True, exclusion_list=(), place=Place("web.yaml", 1))


@pytest.mark.parametrize(
    ("watched", "words"),
    [
        (None, ""),
        (repository(""), ""),
        (repository("r.example/web"), ""),
        (repository("r.example/api"), "web is published to r.example/web, a:web watches r.example/api (web.yaml:1)"),
        (repository("r.example:80/web"), "watches r.example:80/web"),
    ],
)
def test_a_policy_that_looks_elsewhere(watched: ImageRepository | None, words: str) -> None:
    found = list(elsewhere("web", "r.example/web", "a:web", watched))
    assert [(one.code, one.severity) for one in found] == [("config-image-mismatch", Severity.ERROR)] * bool(words)
    assert all(words in one.message and "write image: r.example/web in web.yaml:1" in one.fix for one in found)


def test_a_command_may_see_it_less_gravely() -> None:
    place = Place("buildtool.toml", 3)
    [found] = elsewhere("web", "r/web", "a:web", repository("r/api"), place, Severity.WARNING)
    assert (found.place, found.severity) == (place, Severity.WARNING)
