"""What a Harbor does for us: make a project, and say when its scan lets an image be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.adapters.registry.harbor.facts import read_facts
from buildtool.core.image.proof import children
from buildtool.errors import REGISTRY_DENIED, REGISTRY_PROJECT, REGISTRY_SCAN, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.adapters.registry.client import RegistryClient
    from buildtool.adapters.registry.http.retry import Clock
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest
    from buildtool.core.registry.harbor import HarborFacts

_SCANNING = ("", "Pending", "Running", "Scheduled")
_POLL_SECONDS = 3.0


class Harbor:
    """The port of this name, over one client."""

    def __init__(self, client: RegistryClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def facts(self, repositories: Sequence[Repository]) -> HarborFacts:
        return read_facts(self._client, repositories)

    def create_project(self, repository: Repository) -> bool:
        return create_project(self._client, repository)

    def wait_for_scan(self, repository: Repository, reference: str, limit: float) -> None:
        wait_for_scan(self._client, repository, reference, self._clock, limit)


def create_project(client: RegistryClient, repository: Repository) -> bool:
    """Make the repository's project; False when it was there. Raises registry-project for a name without one."""
    project, _, name = repository.path.partition("/")
    if not name:
        raise BuildtoolError(REGISTRY_PROJECT, f"{repository} names no project", place=client.session.base)
    try:
        return HarborApi(client.session).create_project(project)
    except BuildtoolError as error:
        if error.kind.exit is not REGISTRY_DENIED.exit:
            raise
        fix = f"an administrator, or a robot of the system level, may: let one create the project {project!r}"
        message = f"this account may not create the project {project!r}: {error.message}"
        raise BuildtoolError(REGISTRY_DENIED, message, fix=fix, place=error.place) from error


def wait_for_scan(client: RegistryClient, repository: Repository, reference: str, clock: Clock, limit: float) -> None:
    """Wait until Harbor lets the image, and every platform of it, be pulled.

    Raises registry-scan after `limit` seconds, or on a bad result.
    """
    api, waited = HarborApi(client.session), 0.0

    def wait(reference: str) -> Manifest:
        nonlocal waited
        ended = False
        while True:
            try:
                return client.manifest(repository, reference)
            except BuildtoolError as error:
                if error.kind is not REGISTRY_SCAN or ended:
                    raise
                if waited >= limit:
                    raise _too_long(error, limit) from error
            # A scan may end between the refusal and this question: one more look decides.
            ended = api.scan_status(repository, reference) not in _SCANNING
            if not ended:
                clock.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS

    manifest = wait(reference)
    for child in children(manifest.document()) if manifest.is_index else ():
        wait(child)


def _too_long(error: BuildtoolError, limit: float) -> BuildtoolError:
    message = f"Harbor's scan did not end within {limit:.0f} s, and until it does nobody can read the image"
    fix = "run the same command again later, or wait longer with push.scan_wait"
    return BuildtoolError(REGISTRY_SCAN, message, fix=fix, place=error.place)
