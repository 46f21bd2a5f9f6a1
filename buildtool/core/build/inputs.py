"""What an image is made from, as one digest: equal digests mean that building again would change nothing.

It is what BuildKit would be sent: the entries of each context that its ignore file lets through, as they are on the
disk, the Dockerfile, and the settings that reach the image. A file with setters counts as Flux would write it, see
`core.flux.setters.blanked`. Owners and times are left out, as BuildKit leaves them out when it compares.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.build.base_digests import BaseDigests
    from buildtool.core.image.makings import Making

_COMMIT = re.compile(r"[^#]*#[0-9a-f]{40}(?:[0-9a-f]{24})?(?::.*)?")
_DIGEST = re.compile(r".*@sha256:[0-9a-f]{64}")
_LOGIN = re.compile(r"//[^/@]*@")


class UnknownInputError(Exception):
    """An input of the image cannot be known. The message ends the sentence "it is built, because …"."""


class ContextEntry(NamedTuple):
    """One entry of a context.

    `kind` is file, link, folder, fifo, socket or device; `mode` the permission bits (0 for a link, which has none);
    `content` a git blob id, where a link points, or a device's number.
    """

    kind: str
    mode: int
    content: str = ""


@dataclass(frozen=True, slots=True)
class ContextTree:
    """The entries of a context that are sent, by path with `/`; `git` are those called `.git`, which do not count."""

    entries: Mapping[str, ContextEntry]
    git: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inputs:
    """The digest of all inputs (`sha256:…`), or empty where one of them cannot be known, and then why.

    `bases` are the base images as they are now; None where they are not looked up.
    """

    digest: str
    unknown: str = ""
    warnings: tuple[str, ...] = ()
    bases: BaseDigests | None = None

    @property
    def making(self) -> Making:
        """What an image is made from, as its labels say it."""
        return self.digest, self.bases.label if self.bases is not None else ""


def tree_digest(tree: ContextTree, forms: Mapping[str, str | None]) -> str:
    """The digest of a context; `forms` are the texts by which files of it count, None where one does not count."""
    entries = _in_form(tree.entries, forms) if forms else tree.entries
    text = "\0".join(f"{path}\0{kind}\0{mode:o}\0{content}" for path, (kind, mode, content) in sorted(entries.items()))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _in_form(entries: Mapping[str, ContextEntry], forms: Mapping[str, str | None]) -> dict[str, ContextEntry]:
    changed = dict(entries)
    for path, form in forms.items():
        if form is not None:
            changed[path] = entries[path]._replace(content=hashlib.sha256(form.encode()).hexdigest())
        else:
            del changed[path]
    for path in forms:
        _drop_empty(changed, posixpath.dirname(path)) if path not in changed else None
    return changed


def _drop_empty(entries: dict[str, ContextEntry], folder: str) -> None:
    """Take away folders that held nothing but files which do not count: Flux made them for these."""
    while folder and not any(path.startswith(folder + "/") for path in entries):
        entries.pop(folder, None)
        folder = posixpath.dirname(folder)


def inputs_digest(parts: Mapping[str, str], settings: Mapping[str, object]) -> str:
    """`parts` are digests by name (contexts, Dockerfile), `settings` what of the configuration reaches the image."""
    text = json.dumps([dict(parts), settings], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def check_remote(source: str) -> None:
    """Raise UnknownInputError for a context elsewhere that can change; one pinned to a commit or digest cannot.

    An image by its tag is taken as what it is in a FROM line, a base image: that is not looked at either, and `--force`
    builds on a newer one.
    """
    if source.startswith("docker-image://") or _DIGEST.fullmatch(source) or _COMMIT.fullmatch(source):
        return
    raise UnknownInputError(f"context {_LOGIN.sub('//', source)} cannot be looked at")
