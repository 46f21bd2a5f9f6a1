"""Every registry of a run behind the ports of one: each repository is asked at its own host, with that host's login."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from buildtool.adapters.registry.copy import ImageCopy
from buildtool.adapters.registry.harbor.actions import Harbor
from buildtool.adapters.registry.inspection import RegistryInspection
from buildtool.core.text.placeholders import filled
from buildtool.errors import BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from buildtool.adapters.registry.client import RegistryClient
    from buildtool.adapters.registry.http.retry import Clock
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import CopiedBlobs, Manifest, RegistryFacts, RemovalWay, TagRemoval
    from buildtool.core.registry.harbor_facts import HarborFacts


class Registries:
    """One client for each host, made by `make` when the host is first asked. Threads may share it."""

    def __init__(self, make: Callable[[str], RegistryClient]) -> None:
        self._make = make
        self._clients: dict[str, RegistryClient] = {}
        self._making = threading.Lock()

    def at(self, host: str) -> RegistryClient:
        """The client for `host[:port]`."""
        with self._making:
            if host not in self._clients:
                self._clients[host] = self._make(host)
            return self._clients[host]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def probe(self, host: str) -> RegistryFacts:
        with _naming(host):
            return self.at(host).probe()

    def tags(self, repository: Repository) -> Iterator[str]:
        with _naming(repository.host):
            yield from self.at(repository.host).tags(repository)

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        with _naming(repository.host):
            return self.at(repository.host).manifest(repository, reference)

    def digest(self, repository: Repository, reference: str) -> str | None:
        with _naming(repository.host):
            return self.at(repository.host).digest(repository, reference)

    def blob(self, repository: Repository, digest: str) -> bytes:
        with _naming(repository.host):
            return self.at(repository.host).blob(repository, digest)

    @contextmanager
    def open_blob(self, repository: Repository, digest: str) -> Iterator[IO[bytes]]:
        with _naming(repository.host), self.at(repository.host).open_blob(repository, digest) as file:
            yield file

    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        with _naming(repository.host):
            self.at(repository.host).put_manifest(repository, tag, manifest)

    def copy(self, source: Repository, target: Repository, manifest: Manifest) -> CopiedBlobs:
        """Bring an image to another repository, by its digest and under no tag."""
        here, there = self.at(source.host).session, self.at(target.host).session
        with _naming(target.host, source.host):
            return ImageCopy(here, there, source, target).run(manifest)

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        with _naming(repository.host):
            return self.at(repository.host).remove_tag(repository, tag)

    def check_push(self, repository: Repository) -> None:
        with _naming(repository.host):
            self.at(repository.host).check_push(repository)


class Harbors:
    """Harbor's part of a push, for the Harbors among the registries."""

    def __init__(self, registries: Registries, clock: Clock) -> None:
        self._registries = registries
        self._clock = clock

    def facts(self, repositories: Sequence[Repository]) -> HarborFacts:
        """All of the repositories have to be of one host."""
        return self._at(repositories[0].host).facts(repositories)

    def why_refused(self, repositories: Iterable[Repository]) -> BuildtoolError | None:
        return next(
            (found for one in repositories if (found := self._at(one.host).why_refused([one])) is not None), None
        )

    def create_project(self, repository: Repository) -> bool:
        return self._at(repository.host).create_project(repository)

    def wait_for_scan(self, repository: Repository, reference: str, limit: float) -> None:
        self._at(repository.host).wait_for_scan(repository, reference, limit)

    def _at(self, host: str) -> Harbor:
        return Harbor(self._registries.at(host).session, self._clock)


class RegistriesRemovalWays:
    """Whether the registries can take tags away; nothing is changed."""

    def __init__(self, registries: Registries, environment: Mapping[str, str]) -> None:
        self._registries = registries
        self._environment = environment

    def removal_way(self, repository: Repository) -> RemovalWay:
        client = self._registries.at(repository.host)
        return RegistryInspection(client, self._environment).removal_way(repository)


@contextmanager
def _naming(host: str, other: str = "") -> Iterator[None]:
    """A login in a fix is one at the host that was asked, wherever its token service is; `other` is asked too."""
    try:
        yield
    except BuildtoolError as error:
        if "docker login " in (error.fix or ""):
            asked = other if other and f"//{other}/" in (error.place or "") else host
            error.fix = filled(error.fix, {"HOST:PORT": asked})
        raise
