"""Which names Flux can use as the image of an ImageRepository."""

from __future__ import annotations

import re

_LONGEST = 512
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_HOST = r"(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::[0-9]+)?"
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
    if host in _HUB:
        return f"docker.io/{path if '/' in path else f'library/{path}'}"
    return f"{host}/{path}"


def _split(image: str) -> tuple[str, str]:
    """The host and the path below it: what stands before the first slash is a host where it looks like one."""
    host, slash, path = image.partition("/")
    if not slash or ("." not in host and ":" not in host and host != "localhost"):
        return "docker.io", image
    return host, path


_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
