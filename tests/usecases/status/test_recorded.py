"""Each stuck station once, against the recorded answers of a real API server; only commits are those of the test."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.cluster import Cluster, open_cluster
from tests.support.apiserver import RECORDED, ApiServer, recorded, running
from tests.support.memory.way import Way
from tests.support.shop import AUTOMATION, POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from buildtool.core.status.station import Station

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers do not lie beside the project")

OLDER, NEWER, NEWEST = "master-b1b8149-1795566549", "master-c05e61d-1795566917", "master-3505ee9-1795567229"
# Commits of the recording: both setters of the backend, then that of the frontend, then both set back.
_FIRST, _SECOND, _THIRD = (
    "147ab1e4e8ba1142625bd554c544593cb72948d3",
    "ec937b2551c16117f9c71a1338c72cf24da38486",
    "672add8a017ecc4e245df03626b318eda70171ef",
)


@pytest.fixture
def server() -> ApiServer:
    return ApiServer()


@pytest.fixture
def way(server: ApiServer, tmp_path: Path) -> Iterator[Way]:
    """The frontend at NEWER, whose setter lies where the recorded Kustomization applies it."""
    way = Way(
        tmp_path / "way",
        host="127.0.0.1:7741",
        branch="master",
        names=["frontend", "backend"],
        policy=POLICY.replace("^main-", "^(?:main|master)-"),
        automation=AUTOMATION.replace("./deploy", "./"),
    )
    for name in way.names:
        way.move(name, f"apps/{'post-deploy' if name == 'backend' else name}/{name}.yaml")
        for tag in (OLDER, NEWER):
            way.publish(name, tag)
    with running(server, tmp_path) as config:
        cluster = open_cluster({}, config)
        assert isinstance(cluster, Cluster)
        with contextlib.closing(cluster):
            way.cluster = cluster
            yield way


def load(server: ApiServer, way: Way, *names: str, first: str = "", second: str = "") -> None:
    """Serve recorded objects, in which the commits of the recording are those of the test."""
    text = json.dumps(recorded(*names)).replace(_FIRST, first or way.head)
    server.objects = json.loads(text.replace(_SECOND, second or way.head).replace(_THIRD, second or way.head))


def stuck(way: Way, image: str = "frontend", target: str | None = None) -> Station:
    found = way.journey(image, target).stuck
    assert found is not None
    return found


def test_healthy(way: Way, server: ApiServer) -> None:
    """Everything is ready; the frontend's commit is newer than what is applied, the backend's is applied."""
    first = way.as_flux("backend", NEWER)
    second = way.as_flux("frontend", NEWER)
    load(server, way, "healthy/all", first=first, second=second)
    assert way.states("backend")["applied"] == "reached"
    assert way.states("frontend")["committed"] == "reached"
    assert stuck(way).name == "applied"
    assert "applies the commit at its next run" in stuck(way).cause
    load(server, way, "healthy/all", first=second, second=second)
    assert way.states("frontend")["applied"] == "reached"


def test_a_new_revision_waits_behind_a_stage_that_is_not_ready(way: Way, server: ApiServer) -> None:
    first, second = way.as_flux("backend", NEWER), way.as_flux("frontend", NEWER)
    names = ("imagepolicies", "imagerepositories", "imageupdateautomations", "kustomizations", "deployments")
    load(server, way, *(f"rolling/{name}" for name in names), first=first, second=second)
    found = stuck(way)
    assert (found.name, found.fix) == ("applied", "flux reconcile kustomization frontend -n flux-system")
    assert "DependencyNotReady: dependency 'flux-system/infrastructure' is not ready" in found.cause
    running_at = way.station("frontend", "running")
    assert (running_at.state, running_at.cause) == ("not reached", f"Deployment website/frontend runs {OLDER}")


def test_a_repository_that_is_suspended(way: Way, server: ApiServer) -> None:
    way.publish("frontend", NEWEST)
    load(server, way, "healthy/all", "suspended/imagerepositories")
    found = stuck(way)
    assert (found.name, found.fix) == ("selected", "flux resume image repository frontend -n flux-system")
    assert found.cause.endswith("ImageRepository flux-system/frontend is suspended")


def test_a_scan_that_fails(way: Way, server: ApiServer) -> None:
    newest = way.publish("backend", "master-3505ee9-1795567999")
    load(server, way, "healthy/all", "broken/imagerepositories")
    found = stuck(way, "backend", newest)
    assert found.name == "selected"
    assert "ReadOperationFailed: scan failed" in found.cause
    assert "connection refused" in found.cause


def test_an_automation_that_is_suspended(way: Way, server: ApiServer) -> None:
    load(server, way, "healthy/all", "suspended/imageupdateautomations")
    found = stuck(way)
    assert (found.name, found.fix) == ("committed", "flux resume image update website -n flux-system")


def test_an_automation_whose_template_fails(way: Way, server: ApiServer) -> None:
    way.publish("frontend", NEWEST)
    load(server, way, "healthy/all", "broken/imagepolicies", "broken/imageupdateautomations")
    found = stuck(way)
    assert found.name == "committed"
    assert "GitOperationFailed" in found.cause
    assert "can't evaluate field Setters" in found.cause
