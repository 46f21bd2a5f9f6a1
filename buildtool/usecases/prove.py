"""Read an image back, by digest: from the registry for `push` and `verify`, from a layout for `build`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from buildtool import errors
from buildtool.core.image.programs import merge, read_layer
from buildtool.core.image.proof import Proof, children, config_digest, read_image
from buildtool.core.image.started import wrong_program

if TYPE_CHECKING:
    from buildtool.core.image.names import Repository
    from buildtool.core.image.programs import LayerIndex
    from buildtool.core.image.proof import PushedImage
    from buildtool.core.registry.contents import Manifest
    from buildtool.usecases.ports import ImageStore, LayerCache


def read_back(store: ImageStore, repository: Repository, reference: str) -> tuple[Manifest, Proof]:
    """The manifest at a tag or digest, and what it holds; raises proof-failed for what is not an image."""
    manifest = store.manifest(repository, reference)
    try:
        single = [manifest] if not manifest.is_index else None
        platforms = single or [store.manifest(repository, digest) for digest in children(manifest.document())]
        images = [_image(store, repository, platform) for platform in platforms]
    except (ValueError, TypeError, RecursionError) as error:
        message = f"{repository.at(manifest.digest)} is not a container image: {error}"
        raise errors.BuildtoolError(errors.PROOF_FAILED, message) from error
    return manifest, Proof(manifest.digest, images)


def wrong_programs(store: ImageStore, cache: LayerCache, repository: Repository, proof: Proof) -> list[str]:
    """One sentence for each platform whose program is built for another platform, whatever its config says."""
    found = []
    for image in proof.images:
        try:
            files = merge(_layer(store, cache, repository, digest) for digest in image.layers)
        except ValueError as error:
            found.append(f"{image.platform}: a layer cannot be read ({error})")
            continue
        problem = wrong_program(files, image.command, image.platform.architecture)
        if problem:
            found.append(f"platform {image.platform} was asked for, but {problem}")
    return found


def _layer(store: ImageStore, cache: LayerCache, repository: Repository, digest: str) -> LayerIndex:
    """What is in a layer; one that was read before, such as a base image's, is not fetched again."""
    known = cache.get(digest)
    if known is None:
        with store.open_blob(repository, digest) as file:
            known = read_layer(file)
        cache.put(digest, known)
    return known


def _image(store: ImageStore, repository: Repository, manifest: Manifest) -> PushedImage:
    document = manifest.document()
    config = json.loads(store.blob(repository, config_digest(document)))
    return read_image(manifest.digest, document, config)
