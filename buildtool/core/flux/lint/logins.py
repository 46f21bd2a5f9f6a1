"""Which registry projects the objects of a repository read with a login: a hint that they are private."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from buildtool.core.flux.manifests import ImageRepository
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node

_POD_SPECS = (("spec",), ("spec", "template", "spec"), ("spec", "jobTemplate", "spec", "template", "spec"))
_PARTS = 3  # host, project, name


def project_of(image: str) -> str | None:
    """`host[:port]/project` of `host[:port]/project/name[:tag]`; None for a name without a project."""
    parts = image.split("/")
    return "/".join(parts[:2]) if len(parts) >= _PARTS else None


def logins(objects: Iterable[Object], repositories: Iterable[ImageRepository]) -> Mapping[str, str]:
    """By project, the first object that has a login for it: an ImageRepository, or a workload with imagePullSecrets."""
    found = [(one.image, f"ImageRepository {one.namespace}/{one.name}") for one in repositories if one.login]
    found += [(image, str(item)) for item in objects for image in _pulled(item)]
    return {project: user for image, user in reversed(found) if (project := project_of(image))}


def _pulled(item: Object) -> Iterator[str]:
    """The images of a workload that names imagePullSecrets."""
    for path in _POD_SPECS:
        spec = item.root.get(*path)
        if spec is not None and next(iter(item.root.each(*path, "imagePullSecrets")), None) is not None:
            yield from _images(item.root.each(*path, "containers"))
            yield from _images(item.root.each(*path, "initContainers"))


def _images(containers: Iterable[Node]) -> Iterator[str]:
    for container in containers:
        image = container.get("image")
        if image is not None:
            yield image.text
