"""The Protocols that use cases take (registry, layouts, builder, git, …); adapters satisfy, and never import them.

Failures are `BuildtoolError`s: an adapter lets no exception of a library through.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from buildtool.core.build.builder import BuilderFacts
    from buildtool.core.build.definition import BakeDefinition
    from buildtool.core.build.events import BuildEvent
    from buildtool.core.build.ignorefile import EntryFilter
    from buildtool.core.build.inputs import ContextTree
    from buildtool.core.commit.checkout import Checkout
    from buildtool.core.image.makings import Makings
    from buildtool.core.image.names import Repository
    from buildtool.core.image.programs import LayerIndex
    from buildtool.core.registry.contents import Manifest, RegistryFacts, TagRemoval
    from buildtool.core.registry.harbor import HarborFacts
    from buildtool.errors import BuildtoolError


class Clock(Protocol):
    def now(self) -> int:
        """Unix time in whole seconds."""
        ...

    def sleep(self, seconds: float) -> None: ...


class ImageStore(Protocol):
    """Where images can be read: a registry, or OCI layouts on this machine."""

    def manifest(self, repository: Repository, reference: str) -> Manifest:
        """A manifest or index by tag or digest; its bytes are checked against the digest."""
        ...

    def blob(self, repository: Repository, digest: str) -> bytes:
        """A small blob (a config), checked against the digest."""
        ...

    def open_blob(self, repository: Repository, digest: str) -> AbstractContextManager[IO[bytes]]:
        """A blob of any size (a layer) as a file, checked against the digest before it is handed over."""
        ...


class Layouts(ImageStore, Protocol):
    """OCI image layouts in a folder of this run, one for each image; they are read by digest. Raises proof-failed."""

    def folder(self, name: str) -> str:
        """The folder that the layout of an image is written to; it is not there yet."""
        ...

    def open(self, repository: Repository, name: str) -> str:
        """Read the layout that was written for an image from now on as that repository; the digest of its one image."""
        ...


class EngineImages(Protocol):
    """The images of the docker engine. Every method may raise docker-*."""

    def keeps_several_platforms(self) -> bool: ...
    def passing_name(self, image: str) -> str:
        """A name that no other run uses."""
        ...

    def save(self, reference: str, folder: str) -> None:
        """Write an image as an OCI layout to a folder that is not there yet."""
        ...

    def load(self, folder: str, reference: str, ids: Collection[str]) -> None:
        """Take the image of a layout under a name; raises proof-failed where the engine has another id for it then."""
        ...

    def remove(self, references: Sequence[str]) -> None:
        """Take names away, as far as they are there."""
        ...


class Registry(ImageStore, Protocol):
    """The registries of a run: each repository is asked at its own host. Every method may raise a registry-* error."""

    def probe(self, host: str) -> RegistryFacts:
        """Ask `/v2/` whether a registry answers at `host[:port]`, and the registry's own clock."""
        ...

    def tags(self, repository: Repository) -> Iterator[str]:
        """Every tag, page by page, in the registry's order; nothing for a repository that does not exist yet."""
        ...

    def digest(self, repository: Repository, reference: str) -> str | None:
        """The digest behind a tag, or None where the tag does not exist."""
        ...

    def put_manifest(self, repository: Repository, tag: str, manifest: Manifest) -> None:
        """Write a tag; success also when the tag already holds the same digest."""
        ...

    def remove_tag(self, repository: Repository, tag: str) -> TagRemoval:
        """Take one tag away without touching others that share its digest, or say that this registry cannot."""
        ...

    def check_push(self, repository: Repository) -> None:
        """Prove that pushing is allowed: begin an upload and cancel it."""
        ...


class Harbor(Protocol):
    """The API of Harbor beside the registry's; used only where the probe finds Harbor."""

    def facts(self, repositories: Sequence[Repository]) -> HarborFacts:
        """The settings of one Harbor, and of the repositories' projects there, as far as this account may see them."""
        ...

    def why_refused(self, repositories: Sequence[Repository]) -> BuildtoolError | None:
        """Harbor's own words for what a push to one of them meets now; None where it would take it, or is no Harbor."""
        ...

    def create_project(self, repository: Repository) -> bool:
        """Make the repository's project; False when it was there. Raises registry-denied where we may not."""
        ...

    def wait_for_scan(self, repository: Repository, reference: str, limit: float) -> None:
        """Wait until an image may be read; raises registry-scan after `limit` seconds, or when the scan ends badly."""
        ...


class Lock(Protocol):
    """Keeps two runs of one user on one machine from doing the same thing at the same moment."""

    def __call__(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock of this name during the block; waits while another run holds it."""
        ...


class LayerCache(Protocol):
    """A cache of layer indexes by digest. An entry may be missing; one that is returned is right."""

    def get(self, digest: str) -> LayerIndex | None: ...
    def put(self, digest: str, index: LayerIndex) -> None: ...


class SameResults(Protocol):
    """What published images are known to be made from beside what their labels say, by digest; entries may go."""

    def get(self, digest: str) -> Makings | None: ...
    def put(self, digest: str, value: Makings) -> None: ...


class Builder(Protocol):
    """docker buildx with one builder."""

    def facts(self) -> BuilderFacts: ...

    def bake(self, definition: BakeDefinition, on_event: Callable[[BuildEvent], None]) -> Mapping[str, str]:
        """Build all targets and bring them where they go; the digest of what came there, by target.

        Raises build-failed, registry-*, builder-unusable; KeyboardInterrupt after the builder was stopped.
        """
        ...


class Repo(Protocol):
    """The git repository around the checkout. Every method may raise an error of kind git-*."""

    @property
    def root(self) -> Path: ...
    @property
    def facts(self) -> Checkout: ...
    def is_ancestor(self, older: str, newer: str) -> bool | None:
        """Whether `newer` contains `older`; None when this clone does not know."""
        ...

    def unmodified(self) -> Mapping[str, str]:
        """Blob ids of tracked files whose bytes on the disk are the blob's, by path from the root; not all of them."""
        ...

    def named(self, sha: str) -> str:
        """A commit for a message to the user: short SHA and the first line of its message."""
        ...

    def fetch_hint(self) -> str:
        """The command that brings commits which this clone lacks."""
        ...


class Context(Protocol):
    """The files of build contexts, by absolute paths; raises UnknownInputError for what cannot be read."""

    def tree(self, folder: str, selection: EntryFilter, known: Mapping[str, str]) -> ContextTree:
        """What is sent of a folder; `known` are blob ids of files that need not be read, by path from the folder."""
        ...

    def text(self, path: str) -> bytes | None:
        """The bytes of a file, links followed; None where there is no such file."""
        ...

    def real(self, path: str) -> str:
        """The path with all links followed."""
        ...


class SecretValues(Protocol):
    """The places that build secrets come from."""

    def missing(self, declared: str) -> str | None:
        """Why a secret, as buildx writes it, has no value; None where it has one."""
        ...

    def missing_ssh(self, declared: str) -> str | None:
        """Why an ssh agent or key, as buildx writes it, is not there; None where it is."""
        ...
