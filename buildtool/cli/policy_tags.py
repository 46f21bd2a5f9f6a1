"""Where `policy explain` takes its tags from: the registry, a list, or the registry's own answer, less the excluded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from buildtool.cli.stdin import read_file
from buildtool.core.flux.policy.exclusion import DEFAULT_EXCLUSIONS, not_excluded
from buildtool.core.flux.policy.failure import PolicyFailure
from buildtool.errors import CONFIG_INVALID, USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.cli.wiring import Wiring
    from buildtool.core.flux.manifests import ImageRepository
    from buildtool.core.image.names import Repository

_LARGEST = 256 << 20
_FORMS = "tags, one a line; the registry's tags/list document; or a JSON list of tags"


class StoredTags(NamedTuple):
    """The tags that Flux stores, and those that the exclusionList keeps out."""

    stored: list[str]
    excluded: list[str]


def registry_tags(wiring: Wiring, repository: Repository | None, about: str) -> list[str]:
    """The tags in the registry; raises registry-*, or usage where no image tells which repository."""
    if repository is None:
        raise BuildtoolError(
            USAGE, f"there are no tags to look at: {about}", fix="give them with --tags FILE, or --tags - for stdin"
        )
    return list(wiring.registry.tags(repository))


def stored(tags: Iterable[str], watched: ImageRepository | None) -> StoredTags:
    """The tags by the exclusionList of the ImageRepository, Flux's default list without one; raises config-invalid."""
    listed = list(tags)
    patterns = watched.exclusion_list if watched is not None and watched.exclusion_list else DEFAULT_EXCLUSIONS
    try:
        kept = not_excluded(listed, patterns)
    except PolicyFailure as failure:
        place = str(watched.place) if watched is not None else None
        raise BuildtoolError(CONFIG_INVALID, f"exclusionList: {failure.error.message}", place=place) from None
    left = set(kept)
    return StoredTags(kept, [tag for tag in listed if tag not in left])


def read_tags(file: str) -> list[str]:
    """Tags from a file or `-` (stdin); raises usage.

    One a line, blank lines left out; or JSON: `{"name": …, "tags": [ … ]}` as a registry answers to tags/list, several
    of them one after the other (pages), or a list of texts. No tag begins with a bracket, so the forms are told apart.
    """
    text = read_file(file, _LARGEST).decode("utf-8", "replace").removeprefix("\ufeff")
    if text.lstrip().startswith(("{", "[")):
        return [tag for document in _documents(text, file) for tag in _listed(document, file)]
    return [line for line in (line.removesuffix("\r") for line in text.split("\n")) if line]


def _documents(text: str, file: str) -> list[Any]:
    found: list[Any] = []
    decoder = json.JSONDecoder()
    position = len(text) - len(text.lstrip())
    try:
        while position < len(text):
            document, end = decoder.raw_decode(text, position)
            found.append(document)
            position = end + len(text[end:]) - len(text[end:].lstrip())
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, f"begins like JSON and is not: {error}") from None
    return found


def _listed(document: Any, file: str) -> list[str]:
    tags = document.get("tags", ()) if isinstance(document, dict) else document
    if tags is None:  # what a registry answers for a repository without tags
        return []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _unreadable(file, "is JSON without a list of texts under `tags`")
    return tags


def _unreadable(file: str, what: str) -> BuildtoolError:
    return BuildtoolError(USAGE, f"{'stdin' if file == '-' else file} {what}", fix=f"give {_FORMS}")
