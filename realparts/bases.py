"""Base images: pulled from the public registry where it answers, else replaced by stand-ins made of Debian packages.

The Dockerfiles stay as they are: buildx takes the stand-ins as named contexts. A stand-in has the same programs at
the same paths, not the same bytes; nothing built on one should be published outside this computer.
"""

from __future__ import annotations

import http.client
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from realparts import debian, layer, oci, paths, terminal
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from realparts.machine import Machine

ARCHITECTURES = ("amd64", "arm64")
_FORMAT = 1  # raise it when the same packages must give another image
_PUBLIC = "registry-1.docker.io"
_REACH_SECONDS = 5.0
_SHELL = ("base-files", "dash", "coreutils")


@dataclass(frozen=True)
class Base:
    """One base image: its name in Dockerfiles, the packages of its stand-in, links to match the paths it has."""

    image: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def repository(self) -> str:
        return f"bases/{self.image.partition(':')[0]}"

    @property
    def tag(self) -> str:
        return self.image.partition(":")[2]


NGINX = Base("nginx:1.28-alpine-slim", (*_SHELL, "nginx"), ("nginx", "-g", "daemon off;"))
PYTHON = Base(
    "python:3.13-slim-trixie",
    (*_SHELL, "python3"),
    ("python3",),
    {"usr/local/bin/python3": "/usr/bin/python3", "usr/local/bin/python": "/usr/bin/python3"},
)
GIT = Base(
    "buildpack-deps:trixie-scm",
    (*_SHELL, "base-passwd", "python3", "git", "openssh-client", "ca-certificates"),
    ("sh",),
    {f"etc/{name}": f"/usr/share/base-passwd/{name}.master" for name in ("passwd", "group")},
)
_APPLETS = ("sh", "cat", "cp", "echo", "env", "ls", "mkdir", "sleep", "touch", "true", "false", "uname", "id", "httpd")
BUSYBOX = Base(
    "busybox:1.37",
    ("base-files", "busybox-static"),
    ("sh",),
    {f"usr/bin/{name}": "busybox" for name in _APPLETS},
)
BASES = (NGINX, PYTHON, GIT, BUSYBOX)


def public_registry_answers() -> bool:
    """Whether the registry that Dockerfiles mean by default can be reached (limit: 5 s)."""
    if os.environ.get("REALPARTS_OFFLINE"):
        return False
    connection = http.client.HTTPSConnection(_PUBLIC, timeout=_REACH_SECONDS)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().status in {http.client.OK, http.client.UNAUTHORIZED}
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def ensure(machine: Machine) -> None:
    """Make the stand-ins that are not in the cache yet, unless the public registry answers."""
    missing = [base for base in BASES if not _layout(base).exists()]
    if not missing or public_registry_answers():
        return
    terminal.heading("Make stand-ins for the base images (the public registry cannot be reached)")
    if not debian.available(machine):
        raise PartError(
            "base images can neither be pulled nor made: no public registry, no Debian archive",
            f"make https://{_PUBLIC}/v2/ reachable (proxy settings of the engine?), or run on Debian",
        )
    for base in missing:
        _make(machine, base)
    debian.forget()


def made() -> bool:
    return all(_layout(base).exists() for base in BASES)


def contexts(registry: str) -> dict[str, str]:
    """Upload the stand-ins to `registry` (host:port); image name -> named context for buildx."""
    for base in BASES:
        oci.upload(_layout(base), registry, base.repository, base.tag)
    return {base.image: f"docker-image://{registry}/{base.repository}:{base.tag}" for base in BASES}


def _make(machine: Machine, base: Base) -> None:
    terminal.note(f"{base.image}, from {', '.join(base.packages)}")
    unfinished = _layout(base).with_name(f"unfinished-{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    manifests = []
    for arch in ARCHITECTURES:
        packages = debian.fetch(machine, arch, base.packages)
        tar = layer.build(packages, base.links).tar()
        manifests.append(oci.write_image(unfinished, arch, tar, layer.compress(tar), list(base.command)))
    oci.write_index(unfinished, manifests)
    shutil.rmtree(_layout(base), ignore_errors=True)
    unfinished.rename(_layout(base))


def _layout(base: Base) -> Path:
    return paths.CACHE / "bases" / f"{base.image.replace(':', '_')}-{_FORMAT}"
