"""Which names Flux can use as the image of an ImageRepository."""

from __future__ import annotations

import re

from buildtool.core.registry.services import HUB, HUB_NAMES, stored_path

_LONGEST = 512
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_HOST = r"(?:localhost|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::[0-9]+)?"
_IMAGE = rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*\Z"  # compiled when it is needed


def image_problem(image: str) -> str:
    """Why Flux cannot use this as spec.image; "" when it can."""
    parts = {
        f"is longer than {_LONGEST} characters": len(image) > _LONGEST,
        "has a URL scheme": "://" in image,
        "has a digest": "@" in image,
        "has a tag": "/" in image and ":" in image.rpartition("/")[2],
    }
    problem = next((text for text, there in parts.items() if there), "")
    if problem:
        return problem
    if re.match(_IMAGE, image) is None:
        return "is not an image name (lower case letters, digits, and . _ - between them)"
    if len(_split(image)[1]) == 1:
        return "has a path of a single character, which Flux's parser refuses"
    return ""


def canonical(image: str) -> str:
    """One spelling of the names that Docker Hub gives an image: `nginx` is `docker.io/library/nginx`."""
    host, path = _split(image)
    return f"{HUB if host in HUB_NAMES else host}/{stored_path(host, path)}"


def _split(image: str) -> tuple[str, str]:
    """The host and the path below it: what stands before the first slash is a host where it looks like one."""
    host, slash, path = image.partition("/")
    if not slash or ("." not in host and ":" not in host and host != "localhost"):
        return HUB, image
    return host, path
