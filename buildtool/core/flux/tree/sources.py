"""Which source of a Flux object is this repository."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node

BOOTSTRAP = "flux-system"  # the source that `flux bootstrap` and a FluxInstance make of the repository they stand in
SOURCE_GROUP = "source.toolkit.fluxcd.io"


class Where(StrEnum):
    """Whose files a source has."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sources:
    """`own` are the names of sources that are this repository; `urls` the URLs of each GitRepository by name.

    `remote` is the URL of the clone's remote, "" where that is not known; all URLs as `normal_url` gives them.
    """

    own: frozenset[str] = frozenset({BOOTSTRAP})
    urls: dict[str, set[str]] = field(default_factory=dict)
    remote: str = ""

    def where(self, item: Object) -> Where:
        """Where the files are that an object with spec.sourceRef works on."""
        return self.of(item.resolve(item.root.string("spec", "sourceRef", "kind")), source_name(item))

    def of(self, kind: str, name: str) -> Where:
        """Whether a source of this kind and name is this repository, by its name, then by its URL.

        A missing sourceRef, which the API refuses, is taken for this repository.
        """
        if name in self.own or not name:
            return Where.HERE
        if kind not in ("GitRepository", ""):
            return Where.ELSEWHERE
        mine = {self.remote} - {""}
        mine |= set().union(*(self.urls.get(own, set()) for own in self.own))
        urls = self.urls.get(name, set())
        if not urls or "${" in name or any("${" in url for url in urls | mine):
            return Where.UNKNOWN
        if not mine:
            return Where.UNKNOWN
        if urls <= mine:
            return Where.HERE
        return Where.ELSEWHERE if urls.isdisjoint(mine) else Where.UNKNOWN


def source_name(item: Object) -> str:
    return item.resolve(item.root.string("spec", "sourceRef", "name"))


def git_urls(items: Iterable[Object]) -> dict[str, set[str]]:
    """The URLs of the GitRepository objects, and of what a FluxInstance syncs from, each in one form."""
    found: dict[str, set[str]] = {}
    for item in items:
        if item.group == SOURCE_GROUP and item.kind == "GitRepository":
            found.setdefault(item.name, set()).add(normal_url(item.root.string("spec", "url")))
        sync = sync_of(item)
        if sync is not None and sync.string("kind") in ("", "GitRepository") and sync.string("url"):
            found.setdefault(sync.string("name") or BOOTSTRAP, set()).add(normal_url(sync.string("url")))
    return found


def sync_of(item: Object) -> Node | None:
    """The `sync` of a FluxInstance, or of a HelmRelease of its chart; None where there is none."""
    if item.kind == "FluxInstance":
        return item.root.get("spec", "sync")
    if item.kind == "HelmRelease":
        return item.root.get("spec", "values", "instance", "sync")
    return None


def normal_url(url: str) -> str:
    """`host/path` without scheme, user, port and `.git`: the same for https and ssh."""
    rest = re.sub(r"^[a-z+]+://", "", url.strip().lower())
    rest = re.sub(r"^[^@/]*@", "", rest)
    host, _, path = re.sub(r"^([^/:]+):(?:[0-9]+/)?", r"\1/", rest).partition("/")
    return f"{host}/{path.strip('/').removesuffix('.git')}"
