"""Harbor's part of a push: create a project, ask why a push is refused, wait for the scan of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.adapters.registry.harbor.reader import read_facts
from buildtool.adapters.registry.harbor.refused_push import why
from buildtool.adapters.registry.v2.image_manifests import get
from buildtool.core.image.proof import children
from buildtool.core.registry.harbor_scan import ScanState, scan_of
from buildtool.errors import REGISTRY_DENIED, REGISTRY_PROJECT, REGISTRY_SCAN, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.adapters.registry.http.retry import Clock
    from buildtool.adapters.registry.login.session import Session
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest
    from buildtool.core.registry.harbor_facts import HarborFacts

_POLL_SECONDS = 3.0


class Harbor:
    """The port of this name, over one session."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._api = HarborApi(session)
        self._clock = clock
        self._waited = 0.0

    def facts(self, repositories: Iterable[Repository]) -> HarborFacts:
        return read_facts(self._session, repositories)

    def why_refused(self, repositories: Iterable[Repository]) -> BuildtoolError | None:
        """Harbor's own words for what a push to one of them meets now; None where it would take it, or is no Harbor."""
        if not self._api.is_there():
            return None
        return next((found for one in repositories if (found := why(self._session, one)) is not None), None)

    def create_project(self, repository: Repository) -> bool:
        """Make the repository's project; False when it was there. Raises registry-project for a name without one."""
        project, name = repository.in_harbor
        if not name:
            raise BuildtoolError(REGISTRY_PROJECT, f"{repository} names no project", place=self._session.base)
        try:
            return self._api.create_project(project)
        except BuildtoolError as error:
            if error.kind.exit is not REGISTRY_DENIED.exit:
                raise
            fix = f"an administrator, or a robot of the system level, may: let one create the project {project!r}"
            message = f"this account may not create the project {project!r}: {error.message}"
            raise BuildtoolError(REGISTRY_DENIED, message, fix=fix, place=error.place) from error

    def wait_for_scan(self, repository: Repository, reference: str, limit: float) -> None:
        """Wait until Harbor lets the image, and every platform of it, be pulled.

        Raises registry-scan after `limit` seconds, on a bad result, or where nothing will ever scan it.
        """
        self._waited = 0.0
        manifest = self._readable(repository, reference, limit)
        for child in children(manifest.document()) if manifest.is_index else ():
            self._readable(repository, child, limit)

    def _readable(self, repository: Repository, reference: str, limit: float) -> Manifest:
        while True:
            try:
                return get(self._session, repository, reference)
            except BuildtoolError as error:
                if error.kind is not REGISTRY_SCAN:
                    raise
                self._give_up(error, repository, limit)
            self._clock.sleep(_POLL_SECONDS)
            self._waited += _POLL_SECONDS

    def _give_up(self, error: BuildtoolError, repository: Repository, limit: float) -> None:
        """Raise where further waiting would not help."""
        scan = scan_of(error.message)
        if scan in (ScanState.FAILED, ScanState.VULNERABLE):
            raise BuildtoolError(REGISTRY_SCAN, error.message, fix=scan.fix, place=error.place) from error
        if scan is ScanState.MISSING and not self._scans(repository):
            message = "nothing has scanned it, and its project does not scan what is pushed"
            raise BuildtoolError(REGISTRY_SCAN, message, fix=scan.fix, place=error.place) from error
        if self._waited >= limit:
            message = f"Harbor's scan did not end within {limit:.0f} s, and until it does nobody can read the image"
            fix = "run the same command again later, or wait longer with push.scan_wait"
            raise BuildtoolError(REGISTRY_SCAN, message, fix=fix, place=error.place) from error

    def _scans(self, repository: Repository) -> bool:
        """Whether the project scans what is pushed; also where that cannot be seen."""
        document = self._api.project(repository.project)
        metadata = document.get("metadata") if document is not None else None
        return not isinstance(metadata, dict) or metadata.get("auto_scan") == "true"
