"""The paths of a repository -> its Dockerfiles, each with a name for its image; and those that look like no image."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ORDINARY = re.compile(r"(?:Dockerfile|Containerfile)\Z", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Dockerfile|Containerfile)[.](?P<name>.+)\Z", re.IGNORECASE)
_PREFIX = re.compile(r"(?P<name>.+)[.](?:Dockerfile|Containerfile)\Z", re.IGNORECASE)
_NO_DOCKERFILE = re.compile(
    r"[.](?:dockerignore|containerignore|md|txt|rst|ya?ml|json|toml|sh|py|go|js|ts|j2|tmpl|tpl|template|erb|gotmpl|in"
    r"|bak|orig|rej|swp|lock|sample|example|dist|disabled|old)\Z",
    re.IGNORECASE,
)
_VARIANTS = frozenset(
    {"dev", "devel", "development", "debug", "local", "test", "tests", "testing", "ci", "e2e", "lint"}
)
# what is published, of an image that has other variants too: the name says nothing about the image
_PUBLISHED = frozenset({"prod", "production", "release"})
_SIDE_FOLDERS = frozenset(
    {
        ".devcontainer",
        ".github",
        "archive",
        "archived",
        "example",
        "examples",
        "fixture",
        "fixtures",
        "node_modules",
        "sample",
        "samples",
        "test",
        "testdata",
        "tests",
        "third_party",
        "vendor",
    }
)
# folders that say where Dockerfiles are kept, and nothing about the image
_STORES = frozenset(
    {
        "docker",
        ".docker",
        "dockerfiles",
        "build",
        "container",
        "containers",
        "deploy",
        "deployment",
        "images",
        "package",
    }
)


_UNWRITABLE = "its path holds bytes that are not UTF-8, or a character that cannot be printed"


class DockerfilePath(NamedTuple):
    """`hint` names its image, "" where only the repository's name can; `doubt` says why it may be no image."""

    path: str
    hint: str
    doubt: str = ""

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


def find(paths: Iterable[str]) -> list[DockerfilePath]:
    """Every Dockerfile among the paths: Dockerfile, Dockerfile.NAME, NAME.Dockerfile, Containerfile; in order."""
    found = [(path, name) for path in sorted(paths) if (name := _name(posixpath.basename(path))) is not None]
    folders = {posixpath.dirname(path) for path, name in found if not name}
    published: dict[str, str] = {}
    for path, name in found:
        if name.lower() in _PUBLISHED:
            published.setdefault(posixpath.dirname(path), path)
    read = [_read(path, name, beside=posixpath.dirname(path) in folders) for path, name in found]
    return [_beside_published(one, name, published) for one, (_, name) in zip(read, found, strict=True)]


def _beside_published(one: DockerfilePath, name: str, published: Mapping[str, str]) -> DockerfilePath:
    """A plain Dockerfile beside one for production is not the one that is published."""
    other = published.get(one.folder, one.path)
    plain = not name or name.lower() in _PUBLISHED
    return (
        one._replace(doubt=f"{other} beside it is the one that is published")
        if plain and other != one.path and not one.doubt
        else one
    )


def _name(file: str) -> str | None:
    """What the file's own name says of the image, "" for a plain Dockerfile, None for any other file."""
    if _NO_DOCKERFILE.search(file):
        return None
    if _ORDINARY.match(file):
        return ""
    found = _SUFFIX.match(file) or _PREFIX.match(file)
    return found["name"] if found is not None else None


def _read(path: str, name: str, *, beside: bool) -> DockerfilePath:
    """`beside`: a plain Dockerfile stands in the same folder."""
    folders = path.split("/")[:-1]
    if not path.isprintable() or "\ufffd" in path:
        return DockerfilePath(path, "", _UNWRITABLE)
    name = "" if name.lower() in _PUBLISHED else name
    side = next((folder for folder in folders if folder.lower() in _SIDE_FOLDERS), "")
    hint = name or next((folder for folder in reversed(folders) if folder.lower() not in _STORES), "")
    if side:
        return DockerfilePath(path, hint, f"it is below a folder {side}")
    if name.lower() in _VARIANTS:
        return DockerfilePath(path, hint, f"{name} is the name of a variant, not of an image")
    if name and beside and folders:
        hint = f"{folders[-1]}-{name}"
    return DockerfilePath(path, hint)
