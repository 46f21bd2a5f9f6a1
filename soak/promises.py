"""What must hold whatever happened to a run: in the registry at every moment, and after one undisturbed run."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from buildtool.core.commit.tags import parse_tag
from buildtool.core.image.labels import REVISION
from soak.world import CANDIDATE, PASSWORD, USER
from tests.support import registry_view

if TYPE_CHECKING:
    from pathlib import Path

    from soak.world import Site

Broken = tuple[str, str]  # the promise, and what breaks it

UNPROVEN, SPLIT, LEFT, OLDER, CODE = "unproven", "split", "credentials", "older", "answer"
PROMISES = (UNPROVEN, SPLIT, LEFT, OLDER, CODE)


def at_once(site: Site) -> list[Broken]:
    """Every tag that Flux can see is a whole image of a commit, and says which."""
    known = site.commits()
    return [
        (UNPROVEN, f"{repository}:{tag}: {reason}")
        for repository in site.repositories
        for tag in _final(site, repository)
        if (reason := _not_whole(site, repository, tag, known))
    ]


def in_the_end(site: Site, commit: str) -> list[Broken]:
    """The same, and: both images carry one tag, the newest is of this commit, and no credentials lie about."""
    newest = [max(_final(site, one), key=_time, default="") for one in site.repositories]
    broken = at_once(site)
    if len(set(newest)) > 1:
        broken.append((SPLIT, f"{site.project}: the newest tags are {newest}"))
    for repository, tag in zip(site.repositories, newest, strict=True):
        revision = _revision(site, repository, tag) if tag else "nothing"
        if revision != commit:
            broken.append((OLDER, f"{repository}: {tag} is of {revision[:12]}, the newest commit is {commit[:12]}"))
    return broken + [(LEFT, f"{path} holds the password") for path in _with_password(site.folder)]


def _final(site: Site, repository: str) -> set[str]:
    return registry_view.tags(site.host, repository) - {CANDIDATE}


def _time(tag: str) -> int:
    parsed = parse_tag(tag)
    return parsed.time if parsed else 0


def _revision(site: Site, repository: str, tag: str) -> str:
    labels = registry_view.config(site.host, repository, tag)["config"].get("Labels") or {}
    return str(labels.get(REVISION))


def _not_whole(site: Site, repository: str, tag: str, known: set[str]) -> str:
    """Why a tag is no proven image; "" for one that is."""
    parsed = parse_tag(tag)
    if parsed is None:
        return "it is no tag of ours"
    try:
        manifest = registry_view.manifest(site.host, repository, tag)
        revision = _revision(site, repository, tag)
    except urllib.error.HTTPError as error:
        return f"it cannot be read: {error.code}"
    missing = [one["digest"] for one in manifest["layers"] if not _is_there(site.host, repository, one["digest"])]
    if missing:
        return f"its layer {missing[0]} is not there"
    if revision not in known or not revision.startswith(parsed.sha):
        return f"it is of {revision}"
    return ""


def _is_there(host: str, repository: str, digest: str) -> bool:
    request = urllib.request.Request(f"http://{host}/v2/{repository}/blobs/{digest}", method="HEAD")
    try:
        with urllib.request.urlopen(request):
            return True
    except urllib.error.HTTPError:
        return False


def _with_password(folder: Path) -> list[Path]:
    """Files that hold the password, plain or as docker writes it."""
    written = [PASSWORD.encode(), base64.b64encode(f"{USER}:{PASSWORD}".encode())]
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if any(one in path.read_bytes() for one in written)]
