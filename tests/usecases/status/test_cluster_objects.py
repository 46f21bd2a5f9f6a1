"""Which of a cluster's objects are those of an image: its Kustomizations in any namespace, its automations."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.adapters.cluster import Cluster, open_cluster
from buildtool.core.flux.manifests import find_policies
from buildtool.core.status import kubernetes
from tests.support import apiserver
from tests.support.apiserver import ApiServer, running
from tests.support.memory.way import Way
from tests.support.shop import AUTOMATION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A = "main-aaaaaaa-1800000001"
UNKNOWN, REACHED, NOT = "unknown", "reached", "not reached"
FOREIGN = "c" * 40  # a commit of another repository


@pytest.fixture
def server() -> ApiServer:
    return ApiServer()


@pytest.fixture
def way(server: ApiServer, tmp_path: Path) -> Iterator[Way]:
    """A of web is committed; the automation's source is flux-system/flux-system, which is this repository."""
    way = Way(tmp_path / "way", automation=AUTOMATION.replace("    name: shop\n", "    name: flux-system\n"))
    way.publish("web", A)
    server.put(
        apiserver.policy("web", A),
        apiserver.flux("ImageRepository", "web"),
        apiserver.flux("ImageUpdateAutomation", "shop"),
        repository("flux-system/flux-system", "https://git.example/shop/site"),
    )
    with running(server, tmp_path) as config:
        cluster = open_cluster({}, config)
        assert isinstance(cluster, Cluster)
        with contextlib.closing(cluster):
            way.cluster = cluster
            yield way


def repository(place: str, url: str) -> dict[str, Any]:
    return apiserver.flux("GitRepository", place, spec={"url": url})


def test_one_in_another_namespace(way: Way, server: ApiServer) -> None:
    """Its source has another name, and the same address written in another way."""
    old, made = way.head, way.as_flux("web", A)
    server.put(repository("team/site", "ssh://git@git.example:22/shop/site.git"))
    server.put(apiserver.kustomization("team/web", "./deploy/web", old, source="site"))
    found = way.station("web", "applied")
    assert (found.state, found.fix) == (NOT, "flux reconcile kustomization web -n team")
    server.put(apiserver.kustomization("team/web", "./deploy/web", made, source="site"))
    assert way.station("web", "applied").state == REACHED


def test_two_of_one_path_must_both_have_applied_it(way: Way, server: ApiServer) -> None:
    old, made = way.head, way.as_flux("web", A)
    server.put(repository("team/site", "https://git.example/shop/site"))
    server.put(
        apiserver.kustomization("web", "./deploy/web", made),
        apiserver.kustomization("team/web", "./deploy/web", old, source="site"),
    )
    assert way.station("web", "applied").cause == "Kustomization team/web applies the commit at its next run"


@pytest.mark.parametrize("path", ["./", "./deploy", "./deploy/web"])
def test_one_of_another_repository_does_not_count(way: Way, server: ApiServer, path: str) -> None:
    made = way.as_flux("web", A)
    server.put(repository("team/site", "https://git.example/other/site"))
    server.put(
        apiserver.kustomization("web", "./deploy", made),
        apiserver.kustomization("team/web", path, FOREIGN, source="site"),
    )
    found = way.station("web", "applied")
    assert (found.state, "team/web" in found.evidence) == (REACHED, False)


def test_one_that_follows_another_branch_does_not_count(way: Way, server: ApiServer) -> None:
    old, made = way.head, way.as_flux("web", A)
    server.put(repository("stage/site", "https://git.example/shop/site"))
    server.put(
        apiserver.kustomization("web", "./deploy", made),
        apiserver.kustomization("stage/web", "./deploy/web", f"stage@sha1:{old}", source="site"),
    )
    assert way.station("web", "applied").state == REACHED


def test_whose_repository_may_not_be_read_is_unknown(way: Way, server: ApiServer) -> None:
    made = way.as_flux("web", A)
    server.put(apiserver.kustomization("web", "./deploy/web", made))
    server.put(apiserver.kustomization("team/web", "./deploy/web", FOREIGN, source="site"))
    server.forbidden = {"gitrepositories"}
    found = way.station("web", "applied")
    assert (found.state, found.cause) == (UNKNOWN, "this clone does not know what Kustomization team/web has applied")


def test_an_account_that_may_read_some_namespaces(way: Way, server: ApiServer) -> None:
    made = way.as_flux("web", A)
    server.put(apiserver.kustomization("web", "./deploy/web", made))
    server.confined = {"kustomizations": {"flux-system"}}
    assert way.station("web", "applied").state == REACHED
    server.confined = {"kustomizations": {"elsewhere"}}
    found = way.station("web", "applied")
    assert (found.state, found.cause) == (UNKNOWN, "the account may not list Kustomization in flux-system")


@pytest.mark.parametrize(
    ("expression", "takes"),
    [
        ({"key": "team", "operator": "In", "values": ["a", "web"]}, True),
        ({"key": "team", "operator": "In", "values": ["a"]}, False),
        ({"key": "team", "operator": "NotIn", "values": ["a"]}, True),
        ({"key": "team", "operator": "NotIn", "values": ["web"]}, False),
        ({"key": "team", "operator": "Exists"}, True),
        ({"key": "stage", "operator": "Exists"}, False),
        ({"key": "stage", "operator": "DoesNotExist"}, True),
        ({"key": "team", "operator": "DoesNotExist"}, False),
        ({"key": "team", "operator": "Gt", "values": ["1"]}, False),
        ({}, False),
    ],
)
def test_a_selector_means_in_the_cluster_what_it_means_in_the_manifests(
    way: Way, server: ApiServer, expression: dict[str, Any], *, takes: bool
) -> None:
    labels, selector = {"team": "web"}, {"matchExpressions": [expression]}
    raw = apiserver.flux("ImageUpdateAutomation", "shop", spec={"policySelector": selector})
    assert kubernetes.takes(raw, labels) is takes
    text = AUTOMATION + f"  policySelector: {selector}\n"
    [committed] = find_policies([("automation.yaml", text)]).automations
    assert committed.selects(labels) is takes
    policy = apiserver.policy("web", A)
    server.put(raw, {**policy, "metadata": {**policy["metadata"], "labels": labels}})
    assert ("no ImageUpdateAutomation of the cluster takes" in way.station("web", "committed").cause) is not takes
