"""Image references as docker writes them (`nginx:1`, `r.example/team/web@sha256:…`) -> registry, path, tag, digest.

Rules: distribution/reference `ParseNormalizedNamed`: what stands before the first slash is a host where it looks like
one, everything else is on Docker Hub, official images below `library/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from buildtool.core.image.names import Repository

_HUB, _OFFICIAL, _LATEST = "docker.io", "library/", "latest"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*")
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]+)?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-z0-9+._-]{1,32}:[0-9a-fA-F]{32,128}")


@dataclass(frozen=True, slots=True)
class ImageReference:
    """`tag` is `latest` where neither tag nor digest is written; "" where only a digest is."""

    repository: Repository
    tag: str
    digest: str = ""

    def __str__(self) -> str:
        """The whole name: `docker.io/library/nginx:1`."""
        named = self.repository.at(self.tag) if self.tag else str(self.repository)
        return f"{named}@{self.digest}" if self.digest else named

    @property
    def familiar(self) -> str:
        """The short name that BuildKit looks a named context up by: `nginx:1`, and `nginx` for its latest."""
        text = str(self).removeprefix(f"{_HUB}/").removeprefix(_OFFICIAL if self.repository.host == _HUB else "")
        return text.removesuffix(f":{_LATEST}")


def parse_reference(text: str) -> ImageReference:
    """Raises ValueError for what is no image reference."""
    named, at, digest = text.partition("@")
    first, slash, rest = named.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        host, path = first, rest
    else:
        host, path = _HUB, named
    path, colon, tag = path.partition(":")
    if host in {"index.docker.io", _HUB}:
        host, path = _HUB, path if "/" in path else f"{_OFFICIAL}{path}"
    legal = _HOST.fullmatch(host) and _PATH.fullmatch(path) and (_TAG.fullmatch(tag) or not colon)
    if not legal or (at and not _DIGEST.fullmatch(digest)):
        raise ValueError(f"not an image reference: {text[:200]!r}")
    return ImageReference(Repository(host, path), tag or ("" if digest else _LATEST), digest)
