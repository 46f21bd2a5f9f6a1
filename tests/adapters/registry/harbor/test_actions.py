"""Projects that are made, scans that are waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from buildtool.core.image.names import Repository
from buildtool.errors import REGISTRY_DENIED, REGISTRY_PROJECT, REGISTRY_SCAN
from tests.adapters.registry.harbor.conftest import failure
from tests.support.harbor.state import Scanner
from tests.support.registries.images import image, index, upload

if TYPE_CHECKING:
    from buildtool.adapters.registry import Harbor, RegistryClient
    from tests.adapters.registry.conftest import Clients
    from tests.support.harbor.server import Harbor as Server
    from tests.support.harbor.state import Project, Scan


def test_a_project_is_made_and_used_with_a_new_token(work: Harbor, client: RegistryClient, server: Server) -> None:
    server.robot.system = True
    server.robot.rights["fresh"] = server.robot.rights["website"]
    fresh = Repository(server.host, "fresh/frontend")
    failure(lambda: client.check_push(fresh))
    assert work.create_project(fresh) is True
    client.check_push(fresh)
    assert work.create_project(fresh) is False


def test_a_project_robot_makes_none(work: Harbor, server: Server) -> None:
    error = failure(lambda: work.create_project(Repository(server.host, "fresh/x")))
    assert error.kind is REGISTRY_DENIED
    assert "Only system level robot can create project" in error.message
    assert failure(lambda: work.create_project(Repository(server.host, "x"))).kind is REGISTRY_PROJECT


@pytest.fixture
def scanned(server: Server, website: Project) -> Server:
    """A Harbor that lets nobody pull before a scan, and whose scans never end by themselves."""
    website.prevent_vulnerable()
    server.state.scanner = Scanner(seconds=None)
    return server


def scan(server: Server, reference: str) -> Scan:
    repository = server.state.repository("website/frontend")
    assert repository is not None
    artifact = repository.find(reference)
    assert artifact is not None
    assert artifact.scan is not None
    return artifact.scan


def test_images_may_not_be_pulled_before_their_scan(
    work: Harbor, clients: Clients, client: RegistryClient, scanned: Server, frontend: Repository
) -> None:
    one = upload(client, frontend, image())
    reference = one.manifest.digest
    for read in (lambda: client.manifest(frontend, reference), lambda: client.digest(frontend, reference)):
        error = failure(read)
        assert error.kind is REGISTRY_SCAN
        assert '"Pending" status' in error.message
    clients.clock.slept.clear()
    error = failure(lambda: work.wait_for_scan(frontend, reference, 9.0))
    assert "did not end within 9 s" in error.message
    assert clients.clock.slept == [3.0] * 3
    scan(scanned, reference).ends = 0.0
    work.wait_for_scan(frontend, reference, 0.0)
    assert client.manifest(frontend, reference) == one.manifest


@pytest.mark.parametrize(
    ("status", "severity", "words", "fix"),
    [
        ("Error", "None", '"Error" status', "scan it again"),
        ("Stopped", "None", '"Stopped" status', "scan it again"),
        ("Success", "Critical", "with 1 vulnerability", "CVE allowlist"),
    ],
)
def test_a_scan_that_ended_badly_is_not_waited_for(
    work: Harbor,
    clients: Clients,
    client: RegistryClient,
    scanned: Server,
    frontend: Repository,
    status: str,
    severity: str,
    words: str,
    fix: str,
) -> None:
    scanned.state.scanner = Scanner(0.0, status, severity)
    one = upload(client, frontend, image())
    clients.clock.slept.clear()
    error = failure(lambda: work.wait_for_scan(frontend, one.manifest.digest, 60.0))
    assert error.kind is REGISTRY_SCAN
    assert words in error.message
    assert fix in error.fix
    assert clients.clock.slept == []


def test_what_nothing_will_scan_is_not_waited_for(
    work: Harbor, clients: Clients, client: RegistryClient, scanned: Server, website: Project, frontend: Repository
) -> None:
    website.metadata["auto_scan"] = "false"
    one = upload(client, frontend, image())
    clients.clock.slept.clear()
    error = failure(lambda: work.wait_for_scan(frontend, one.manifest.digest, 60.0))
    assert "does not scan what is pushed" in error.message
    assert clients.clock.slept == []
    assert scanned.state.scanner is not None


def test_prevention_without_a_scanner_prevents_nothing(
    work: Harbor, client: RegistryClient, server: Server, website: Project, frontend: Repository
) -> None:
    website.prevent_vulnerable(scans=False)
    one = upload(client, frontend, image())
    work.wait_for_scan(frontend, one.manifest.digest, 0.0)
    assert client.manifest(frontend, one.manifest.digest) == one.manifest
    assert server.state.scanner is None


def test_each_platform_of_an_index_has_a_scan_of_its_own(
    work: Harbor, clients: Clients, client: RegistryClient, scanned: Server, frontend: Repository
) -> None:
    one, other = upload(client, frontend, image()), upload(client, frontend, image("other"))
    both = index(one, other)
    client.put_manifest(frontend, both.digest, both)
    scan(scanned, one.manifest.digest).ends = 0.0
    assert client.manifest(frontend, both.digest) == both, "an index is readable, its children are not"
    clients.clock.slept.clear()
    error = failure(lambda: work.wait_for_scan(frontend, both.digest, 6.0))
    assert other.manifest.digest in str(error.place)
    assert clients.clock.slept == [3.0] * 2
    scan(scanned, other.manifest.digest).ends = 0.0
    work.wait_for_scan(frontend, both.digest, 0.0)
