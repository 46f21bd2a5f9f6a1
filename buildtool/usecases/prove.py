"""Reading an image back from the registry, by digest: what `push` trusts before it publishes, and `verify` later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.proof import Proof, children, read_image

if TYPE_CHECKING:
    from buildtool.core.image import Repository
    from buildtool.core.proof import PushedImage
    from buildtool.core.registry import Manifest
    from buildtool.usecases.ports import Registry


def read_back(registry: Registry, repository: Repository, reference: str) -> tuple[Manifest, Proof]:
    """The manifest at a tag or digest, and what it holds; raises proof-failed for what is not an image."""
    manifest = registry.manifest(repository, reference)
    try:
        digests = children(manifest.document()) if manifest.is_index else [manifest.digest]
        images = [_image(registry, repository, registry.manifest(repository, digest)) for digest in digests]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{repository.at(manifest.digest)} is not a container image: {error}"
        raise errors.BuildtoolError(errors.PROOF_FAILED, message) from error
    return manifest, Proof(manifest.digest, images)


def _image(registry: Registry, repository: Repository, manifest: Manifest) -> PushedImage:
    document = manifest.document()
    config = json.loads(registry.blob(repository, str(document["config"]["digest"])))
    return read_image(manifest.digest, document, config)
