"""The names that Docker Hub gives a registry and an image.

Source: docker's own code (distribution/reference, moby's registry package).
"""

from __future__ import annotations

HUB = "docker.io"
HUB_API = "registry-1.docker.io"
HUB_NAMES = frozenset({HUB, "index.docker.io", HUB_API, "registry.hub.docker.com"})
OFFICIAL = "library"  # the namespace of what has none: `nginx` is `library/nginx`


def stored_path(host: str, path: str) -> str:
    """The path of a repository as the registry has it: Docker Hub keeps `nginx` as `library/nginx`."""
    return f"{OFFICIAL}/{path}" if host.lower() in HUB_NAMES and "/" not in path else path
