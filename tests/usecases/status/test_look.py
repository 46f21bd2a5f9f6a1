"""A look at a registry, a real remote and an API server over TLS: each station, and why an image is not there."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.cluster import Cluster, open_cluster
from buildtool.core.image.labels import REVISION
from buildtool.errors import POLICY_UNKNOWN, BuildtoolError
from tests.support import apiserver
from tests.support.apiserver import ApiServer, running
from tests.support.gitrepos import commit, git
from tests.support.memory.way import OLD, Way
from tests.support.shop import AUTOMATION, POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A, B = "main-aaaaaaa-1800000001", "main-bbbbbbb-1800000002"
UNKNOWN, REACHED, NOT = "unknown", "reached", "not reached"


@pytest.fixture
def way(tmp_path: Path) -> Way:
    return Way(tmp_path / "way", running=["web"])


@pytest.fixture
def server() -> ApiServer:
    return ApiServer()


@pytest.fixture
def watched(way: Way, server: ApiServer, tmp_path: Path) -> Iterator[Way]:
    """The same with a cluster in which A of web is on its way, and Flux is well."""
    server.put(
        apiserver.policy("web", A),
        apiserver.flux("ImageRepository", "web"),
        apiserver.flux("ImageUpdateAutomation", "shop"),
        apiserver.kustomization("all", "./", way.head, []),
        apiserver.kustomization("web", "./deploy/web", way.head, ["shop/web"]),
        apiserver.deployment("shop/web", f"{way.host}/web:{OLD}"),
    )
    way.publish("web", A)
    with running(server, tmp_path) as config:
        cluster = open_cluster({}, config)
        assert isinstance(cluster, Cluster)
        with contextlib.closing(cluster):
            way.cluster = cluster
            yield way


def test_nothing_is_published(way: Way) -> None:
    found = way.journey("web")
    assert way.states("web") == {
        "commit": REACHED,
        "published": NOT,
        "selected": NOT,
        "committed": NOT,
        "applied": UNKNOWN,
        "running": NOT,
    }
    assert (found.tag, found.last, found.fix) == (None, None, "buildtool push")
    assert "no tag of the deploy branch" in found.sentence


def test_an_image_of_releases_is_followed_by_its_version(tmp_path: Path) -> None:
    """Builds of branches that are there beside it are not what Flux waits for."""
    by_version = POLICY[: POLICY.index("  filterTags:")] + "  policy:\n    semver:\n      range: '>=1.0.0'\n"
    way = Way(tmp_path / "way", policy=by_version, running=["web"])
    assert "no version that the policy takes" in way.journey("web").sentence
    labels = {"linux/amd64": {REVISION: "c" * 40}}
    for tag in ("1.10.0", "1.9.0", "2.0.0-rc.1"):
        way.registry.add(way.config.repository("web"), labels, tag)
    way.publish("web", A)
    way.health.revisions["http://web"] = "c" * 40
    found = way.journey("web")
    assert found.tag == "1.10.0"
    assert way.station("web", "published").evidence.endswith("commit cccccccccccc")
    assert way.states("web")["selected"] == REACHED
    assert way.states("web")["running"] == REACHED


def test_the_way_without_a_cluster(way: Way) -> None:
    way.publish("web", A)
    assert way.states("web")["committed"] == NOT
    assert f"deploy/web/deployment.yaml holds {OLD}" in way.journey("web").sentence
    made = way.as_flux("web", A)
    committed = way.station("web", "committed")
    assert (committed.state, made[:12] in committed.evidence) == (REACHED, True)
    way.health.revisions["http://web"] = "b" * 40
    assert "still tells another revision" in way.journey("web").sentence
    way.health.revisions["http://web"] = "a" * 7 + "0" * 33
    found = way.journey("web")
    assert (found.live, found.arrived, found.sentence) == (True, True, "it runs")
    assert not next(one for one in found.stations if one.name == "applied").looked


def test_nothing_of_the_clone_changes(way: Way) -> None:
    """The remote is ahead, and the clone knows no more of it than before."""
    way.publish("web", A)
    before = (git(way.clone, "for-each-ref"), git(way.clone, "status", "--porcelain"), way.head)
    way.as_flux("web", A)
    assert way.states("web")["committed"] == REACHED
    assert (git(way.clone, "for-each-ref"), git(way.clone, "status", "--porcelain"), way.head) == before


def test_without_a_health_url_and_a_cluster_the_end_is_what_can_be_seen(way: Way) -> None:
    way.publish("api", A)
    assert not way.journey("api").arrived
    way.as_flux("api", A)
    found = way.journey("api")
    assert (found.arrived, found.live) == (True, False)
    assert found.sentence == "committed; not looked at: applied, running"


def test_a_health_url_that_does_not_answer_is_no_arrival(way: Way) -> None:
    way.publish("web", A)
    way.as_flux("web", A)
    found = way.journey("web")
    assert (found.arrived, found.stations[-1].state) == (False, UNKNOWN)
    assert found.sentence == "unknown whether it is running: http://web does not answer"


def test_the_newest_tag_is_that_of_a_deploy_branch(way: Way) -> None:
    way.publish("web", A)
    for tag in ("feature-ccccccc-1800000009", "main-ccccccc-dirty-1800000009", "unproven", f"rolled-back-{B}"):
        way.publish("web", tag, revision="c" * 40)
    found = way.journey("web")
    assert (found.tag, found.marks) == (A, [f"rolled-back-{B}"])


def test_an_image_that_is_not_what_its_tag_says(way: Way) -> None:
    way.publish("web", A, revision="c" * 40)
    found = way.station("web", "published")
    assert (found.state, found.fix) == (NOT, "buildtool verify web")
    assert "the tag says commit aaaaaaa" in found.cause


def test_a_tag_that_the_policy_does_not_take(way: Way) -> None:
    way.publish("web", "feature-aaaaaaa-1800000001")
    found = way.station("web", "selected", "feature-aaaaaaa-1800000001")
    assert found.state == NOT
    assert "does not take the tag" in found.cause


def test_a_tag_that_is_not_newer(way: Way) -> None:
    way.publish("web", A)
    way.publish("web", B)
    found = way.journey("web", A)
    assert (found.overtaken, found.rolled_back) == (B, "")
    assert f"selects {B}: the tag is not newer" in found.sentence


def test_a_tag_that_was_rolled_back(way: Way) -> None:
    way.publish("web", A)
    way.publish("web", B)
    way.publish("web", f"rolled-back-{B}", revision="b" * 40)
    back = way.publish("web", "main-aaaaaaa-1800000003")
    found = way.journey("web", B)
    assert (found.overtaken, found.rolled_back) == ("", f"rolled-back-{B}")
    assert "was rolled back" in found.sentence
    assert way.journey("web").tag == back


def test_no_setter_in_the_remote_branch(way: Way) -> None:
    way.publish("web", A)
    commit(way.clone, "no marker", **{"deploy/web/deployment.yaml": f"image: {way.host}/web:{OLD}\n"})
    way.send()
    found = way.station("web", "committed")
    assert found.state == NOT
    assert "holds a setter of flux-system:web" in found.cause
    assert '{"$imagepolicy": "flux-system:web"}' in found.fix


def test_a_setter_that_no_automation_reaches(way: Way) -> None:
    way.publish("web", A)
    commit(way.clone, "moved", **{"deploy/web/deployment.yaml": "", "other/web.yaml": way.setter("web", A)})
    way.send()
    assert "no file that an ImageUpdateAutomation writes" in way.station("web", "committed").cause


def test_an_automation_that_writes_to_another_branch(tmp_path: Path) -> None:
    automation = AUTOMATION.replace("  git:\n", "  git:\n    push:\n      branch: flux-updates\n")
    way = Way(tmp_path / "way", automation=automation)
    way.publish("web", A)
    found = way.station("web", "committed")
    assert "the automation writes to branch flux-updates" in found.cause
    assert found.fix == "merge flux-updates into the deploy branch"


def test_without_a_remote(way: Way) -> None:
    way.publish("web", A)
    git(way.clone, "remote", "remove", "origin")
    found = way.journey("web")
    expected = {**way.states("web"), "published": REACHED, "selected": REACHED}
    assert way.states("web") == expected
    assert [one.state for one in found.stations if one.name in {"commit", "committed"}] == [UNKNOWN, UNKNOWN]
    assert "this repository has no remote" in found.sentence


def test_a_policy_that_is_not_in_the_manifests(way: Way) -> None:
    way.manifests = type(way.manifests)()
    with pytest.raises(BuildtoolError) as caught:
        way.journey("web")
    assert caught.value.kind is POLICY_UNKNOWN


def test_all_the_way_in_a_cluster(watched: Way, server: ApiServer) -> None:
    made = watched.as_flux("web", A)
    assert watched.states("web")["applied"] == NOT
    server.put(apiserver.kustomization("web", "./deploy/web", made, ["shop/web"]))
    assert watched.states("web")["applied"] == REACHED
    assert "Deployment shop/web runs " + OLD in watched.journey("web").sentence
    server.put(apiserver.deployment("shop/web", f"{watched.host}/web:{A}"))
    assert watched.states("web")["running"] == UNKNOWN
    watched.health.revisions["http://web"] = "aaaaaaa"
    assert watched.journey("web").live
    assert set(watched.states("web").values()) == {REACHED}


def test_a_later_commit_is_applied(watched: Way, server: ApiServer) -> None:
    watched.as_flux("web", A)
    later = watched.as_flux("api", A)
    server.put(apiserver.kustomization("web", "./deploy/web", later, ["shop/web"]))
    assert watched.states("web")["applied"] == REACHED


def test_flux_has_not_scanned_yet(watched: Way, server: ApiServer) -> None:
    server.put(apiserver.policy("web", OLD))
    found = watched.station("web", "selected")
    assert found.state == NOT
    assert "it finds the tag at its next scan" in found.cause
    assert found.fix == "flux reconcile image repository web -n flux-system"


@pytest.mark.parametrize(
    ("kind", "name", "station", "fix"),
    [
        ("ImageRepository", "web", "selected", "flux resume image repository web -n flux-system"),
        ("ImageUpdateAutomation", "shop", "committed", "flux resume image update shop -n flux-system"),
    ],
)
def test_what_is_suspended(watched: Way, server: ApiServer, kind: str, name: str, station: str, fix: str) -> None:
    if station == "selected":
        server.put(apiserver.policy("web", OLD))
    server.put(apiserver.flux(kind, name, suspend=True))
    found = watched.journey("web")
    assert found.stuck is not None
    assert (found.stuck.name, found.fix) == (station, fix)
    assert f"{kind} flux-system/{name} is suspended" in found.sentence


def test_what_fails_with_the_words_of_flux(watched: Way, server: ApiServer) -> None:
    said = apiserver.ready("failed to push: permission denied", "GitOperationFailed", "False")
    server.put(apiserver.flux("ImageUpdateAutomation", "shop", condition=said))
    assert "GitOperationFailed: failed to push: permission denied" in watched.journey("web").sentence


def test_an_automation_that_does_not_take_the_policy(watched: Way, server: ApiServer) -> None:
    spec = {"policySelector": {"matchLabels": {"team": "other"}}}
    server.put(apiserver.flux("ImageUpdateAutomation", "shop", spec=spec))
    assert "no ImageUpdateAutomation of the cluster takes the policy" in watched.journey("web").sentence


def test_a_kustomization_that_fails_and_one_that_waits_for_it(watched: Way, server: ApiServer, way: Way) -> None:
    old = way.head
    watched.as_flux("web", A)
    said = apiserver.ready("timeout waiting for: [Deployment/shop/web status: 'Failed']", "HealthCheckFailed", "False")
    server.put(apiserver.kustomization("web", "./deploy/web", old, ["shop/web"], condition=said))
    found = watched.journey("web")
    assert found.stuck is not None
    assert found.stuck.name == "applied"
    assert "HealthCheckFailed: timeout waiting for" in found.sentence


def test_pods_that_do_not_start(watched: Way, server: ApiServer) -> None:
    made = watched.as_flux("web", A)
    image = f"{watched.host}/web:{A}"
    server.put(
        apiserver.kustomization("web", "./deploy/web", made, ["shop/web"]),
        apiserver.deployment("shop/web", image, fresh=1),
        apiserver.pod("shop/web-1", "web", image, "ImagePullBackOff", "Back-off pulling image"),
        apiserver.pod("shop/web-0", "web", f"{watched.host}/web:{OLD}", "CrashLoopBackOff"),
    )
    found = watched.station("web", "running")
    assert (found.state, "CrashLoopBackOff" in found.cause) == (NOT, False)
    assert "1 of 2 new pods are ready: ImagePullBackOff: Back-off pulling image" in found.cause
    server.forbidden = {"pods"}
    assert "the account may not list Pod in shop" in watched.station("web", "running").cause


def test_what_may_not_be_read_is_unknown(watched: Way, server: ApiServer) -> None:
    watched.as_flux("web", A)
    server.forbidden = {"kustomizations", "imagepolicies"}
    states = watched.states("web")
    assert (states["selected"], states["committed"], states["applied"]) == (REACHED, REACHED, UNKNOWN)
    found = watched.journey("web")
    assert not found.arrived
    assert "the account may not" in found.sentence


def test_an_api_server_that_is_gone(watched: Way, server: ApiServer) -> None:
    watched.as_flux("web", A)
    server.sick = True
    assert watched.states("web")["applied"] == UNKNOWN
    assert not watched.journey("web").arrived


@pytest.mark.parametrize(("first", "second"), [("web", "api"), ("api", "web")])
def test_two_images_two_commits_in_either_order(tmp_path: Path, first: str, second: str) -> None:
    way = Way(tmp_path / "way")
    for name in ("web", "api"):
        way.publish(name, A)
    assert {one.image: one.arrived for one in way.journeys()} == {first: False, second: False}
    way.as_flux(first, A)
    assert {one.image: one.arrived for one in way.journeys()} == {first: True, second: False}
    way.as_flux(second, A)
    assert {one.image: one.arrived for one in way.journeys()} == {first: True, second: True}
