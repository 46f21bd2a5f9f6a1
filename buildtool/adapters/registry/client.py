"""The registry port over HTTP: each method is one thing a use case asks for."""

from __future__ import annotations

import contextlib
import re
import tempfile
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Self

from buildtool.adapters.registry.harbor.api import HarborApi
from buildtool.adapters.registry.harbor.refused_push import explained
from buildtool.adapters.registry.http.failures import HealableError
from buildtool.adapters.registry.http.limits import Limits
from buildtool.adapters.registry.http.proxies import DOCKER_FOLDERS, docker_certificates
from buildtool.adapters.registry.http.retry import Retries
from buildtool.adapters.registry.http.status_codes import refusal
from buildtool.adapters.registry.http.wire import Wire
from buildtool.adapters.registry.login.auth import Authenticator
from buildtool.adapters.registry.login.session import Request, Session
from buildtool.adapters.registry.removal import Removal
from buildtool.adapters.registry.v2 import image_manifests
from buildtool.adapters.registry.v2.content import check, check_file, sha256
from buildtool.adapters.registry.v2.probe import read_probe, resolve, scheme_error, speaks_http, speaks_tls
from buildtool.adapters.registry.v2.publish import put
from buildtool.adapters.registry.v2.tag_pages import Pages
from buildtool.core.image.hub import stored_path
from buildtool.core.registry.contents import ServerKind, TagRemoval
from buildtool.core.registry.services import Service, api_host, login_command, service_of
from buildtool.errors import (
    CONFIG_INVALID,
    REGISTRY_ANSWER,
    REGISTRY_AUTH,
    REGISTRY_DENIED,
    REGISTRY_NOT_FOUND,
    BuildtoolError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from buildtool.adapters.registry.http.answer import Answer
    from buildtool.adapters.registry.http.retry import Clock
    from buildtool.adapters.registry.login.auth import Credential
    from buildtool.core.image.names import Repository
    from buildtool.core.registry.contents import Manifest, RegistryFacts
    from buildtool.core.text.secrets import Secrets

_RECOGNISE_SECONDS = 1.0
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_HIDING = {Service.HUB, Service.GITHUB}
_KEPT_IN_MEMORY = 16 << 20  # bytes of a layer; a bigger one goes to a temporary file


def no_credentials() -> Credential | None:
    return None


class RegistryClient:
    """One registry host, over the configured protocol only. Close it, or use it in a `with`."""

    def __init__(  # noqa: PLR0913 -- what wiring and tests set, all by name
        self,
        host: str,
        *,
        insecure: bool,
        clock: Clock,
        secrets: Secrets,
        credentials: Callable[[], Credential | None] = no_credentials,
        on_retry: Callable[[str], None] = lambda _: None,
        on_note: Callable[[str], None] = lambda _: None,
        token_hosts: Collection[str] = (),
        environment: Mapping[str, str] | None = None,
        ca_files: Sequence[Path] | None = None,
        limits: Limits | None = None,
        page_size: int | None = None,
        harbor_path: str = "",
        publishes: bool = True,
    ) -> None:
        """`host` is `name[:port]`; `ca_files` None means the ones docker uses for this host.

        `token_hosts` are token services elsewhere that may be told the credentials, as `name[:port]`; `harbor_path` is
        what stands before `/api/` of a Harbor behind a proxy (`/harbor`). One that does not publish begins no upload.
        """
        self._publishes = publishes
        self._limits = limits or Limits()
        self._page_size = page_size
        self._environment = environment or {}
        if not _HOST.fullmatch(host):
            raise BuildtoolError(CONFIG_INVALID, f"not a registry host: {host[:100]!r}", fix="write name or name:port")
        self._host = host
        base = f"{'http' if insecure else 'https'}://{api_host(host)}"
        trusted = docker_certificates(host, DOCKER_FOLDERS) if ca_files is None else ca_files
        self._wire = Wire(self._limits, self._environment, trusted)
        auth = Authenticator(
            base,
            self._wire,
            find=credentials,
            secrets=secrets,
            clock=clock,
            token_hosts=token_hosts,
            say=on_note,
        )
        self.session = Session(base, self._wire, auth, Retries(self._limits, clock, on_retry), clock)
        self.session.harbor_path = harbor_path
        auth.prefix = f"{harbor_path.removeprefix('/')}/" if harbor_path else ""
        if service_of(host) is not Service.OTHER:
            self.session.is_harbor = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._wire.close()

    def probe(self) -> RegistryFacts:
        """Whether a registry answers at `/v2/`, in a few seconds at most; no credentials are used."""
        base = self.session.base
        if not any(key.lower() in ("http_proxy", "https_proxy") for key in self._environment):
            resolve(base, self._limits.connect)
        try:
            answer = self.session.healing(self._ask_probe, total=self._limits.probe * 3 / 8)
            facts = read_probe(answer, base)
        except BuildtoolError as error:
            raise self._other_scheme(error) from error
        if answer.ok:  # Harbor lets nobody in without asking who it is
            self.session.is_harbor = False
        return replace(facts, kind=ServerKind.HARBOR) if HarborApi(self.session).is_there() else facts

    def tags(self, repository: Repository) -> Iterator[str]:
        """Every tag, in the registry's order; nothing for a repository that does not exist yet."""
        stored = self.stored(repository)
        pages = Pages(self.session, stored.path, limit=self._limits.tags_bytes, page_size=self._page_size)
        try:
            yield from pages
        except BuildtoolError as error:
            if not self._is_missing(error, stored):
                raise self._explained(error, stored) from error

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        """A manifest or index by tag or digest, its bytes checked against the digest."""
        stored = self.stored(repository)
        try:
            return image_manifests.get(self.session, stored, reference)
        except BuildtoolError as error:
            if not self._is_missing(error, stored):
                raise
            raise BuildtoolError(REGISTRY_NOT_FOUND, f"{repository} does not exist yet", place=error.place) from error

    def digest(self, repository: Repository, reference: str) -> str | None:
        """The digest behind a tag or digest; None where there is no such thing."""
        stored = self.stored(repository)
        try:
            return image_manifests.digest(self.session, stored, reference)
        except BuildtoolError as error:
            if not self._is_missing(error, stored):
                raise
            return None

    def blob(self, repository: Repository, digest: str) -> bytes:
        """A small blob, such as a config, checked against the digest."""
        repository = self.stored(repository)
        path = f"/v2/{repository.path}/blobs/{digest}"
        answer = self.session.ask(Request("GET", path, _pull(repository), limit=self._limits.blob_bytes))
        if not answer.ok:
            raise refusal(answer, repository.path)
        check(answer.body, digest, answer.place)
        return answer.body

    @contextlib.contextmanager
    def open_blob(self, repository: Repository, digest: str) -> Iterator[IO[bytes]]:
        """A blob of any size as a file, checked against the digest before it is handed over."""
        repository = self.stored(repository)
        path = f"/v2/{repository.path}/blobs/{digest}"
        with tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY) as file:
            request = Request("GET", path, _pull(repository), limit=self._limits.layer_bytes, sink=file)
            answer = self.session.ask(request)
            if not answer.ok:
                raise refusal(answer, repository.path)
            check_file(file, digest, answer.place)
            yield file

    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        """Write a tag; success also when it already holds the same digest."""
        if sha256(manifest.body) != manifest.digest:
            raise ValueError("a manifest's digest is over its body")
        put(self.session, self.stored(repository), tag, manifest)

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        """Take one tag away without touching others that share its digest, or say that this registry cannot."""
        stored = self.stored(repository)
        try:
            return Removal(self.session, stored, tag).run()
        except BuildtoolError as error:
            if not self._is_missing(error, stored):
                raise
            return TagRemoval.ABSENT

    def check_push(self, repository: Repository) -> None:
        """Prove that pushing is allowed: begin an upload and cancel it."""
        self._begin_upload(self.stored(repository))

    def stored(self, repository: Repository) -> Repository:
        """The repository under the name that the registry has for it: Docker Hub keeps `nginx` as `library/nginx`."""
        return replace(repository, path=stored_path(self._host, repository.path))

    def _begin_upload(self, repository: Repository) -> None:
        path = f"/v2/{repository.path}/blobs/uploads/"
        scope = f"repository:{repository.path}:pull,push"
        answer = self.session.ask(Request("POST", path, scope, content=b""))
        if not answer.ok:
            raise self._explained(refusal(answer, repository.path), repository)
        location = answer.headers.get("Location")
        if not location:
            raise BuildtoolError(
                REGISTRY_ANSWER, "it accepts an upload, but its answer has no Location", place=answer.place
            )
        # The result of the cancellation does not matter: registries delete uploads that were left open.
        self.session.ask(Request("DELETE", self.session.own_path(location, path), scope))

    def _is_missing(self, error: BuildtoolError, repository: Repository) -> bool:
        """Whether a refused read means that the repository is not there yet, at a service that tells no difference.

        Docker Hub and GitHub refuse to show what does not exist, in the same words as what somebody else owns. Who may
        push there may read, too. Elsewhere an account may push and not read, and nothing is concluded.
        """
        auth = self.session.auth
        narrow = error.kind is REGISTRY_AUTH and auth.is_too_narrow(_pull(repository))
        if not self._publishes or service_of(self._host) not in _HIDING or auth.credential is None:
            return False
        if not (narrow or error.kind is REGISTRY_DENIED):
            return False
        try:
            self._begin_upload(repository)
        except BuildtoolError:
            return False
        return True

    def _explained(self, error: BuildtoolError, repository: Repository) -> BuildtoolError:
        """Harbor answers a wrong password with a token without rights, so ask its API whether the password is wrong."""
        if error.kind is REGISTRY_AUTH and HarborApi(self.session).is_there():
            return explained(self.session, error, repository)
        auth = self.session.auth
        if error.kind is REGISTRY_DENIED and auth.realm and auth.credential is None:
            message = f"no login for {self._host} is known here, and without one {error.message}"
            return BuildtoolError(REGISTRY_AUTH, message, fix=login_command(self._host), place=error.place)
        return error

    def _ask_probe(self) -> Answer:
        return self.session.hello(read=min(self._limits.read, self._limits.probe / 2))

    def _other_scheme(self, error: BuildtoolError) -> BuildtoolError:
        """The error, naming the protocol where the registry uses the other one (which is never used instead)."""
        base = self.session.base
        if not isinstance(error.__cause__, HealableError):
            return error
        if base.startswith("https:") and speaks_http(base, _RECOGNISE_SECONDS):
            return scheme_error(base, "it speaks HTTP, and buildtool.toml asks for HTTPS (`insecure` is not true)")
        if base.startswith("http:") and speaks_tls(base, _RECOGNISE_SECONDS):
            return scheme_error(base, "it speaks HTTPS, and `insecure = true` in buildtool.toml asks for HTTP")
        return error


def _pull(repository: Repository) -> str:
    return f"repository:{repository.path}:pull"
