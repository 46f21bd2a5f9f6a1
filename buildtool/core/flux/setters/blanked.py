"""The text of files with setters without what a commit of Flux changes: equal before and after each of its commits.

    forms = blanked_forms(files, scopes, read)    path -> the blanked text; None for a file of moved items

Each value that an automation sets becomes an empty string. Flux rewrites the whole file of such a value, so the text is
in the form that Flux writes, whether Flux has written the file already or not. Flux moves the items of a List into
files of their own: these files get None, because their content counts with the List.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.flux.setters import documents
from buildtool.core.flux.setters.commented_node import Style
from buildtool.core.flux.setters.emitter import write
from buildtool.core.flux.setters.markers import comment_of, scalars, setter_of
from buildtool.core.flux.setters.preview import is_read, relative, update_folder
from buildtool.core.flux.setters.scalar_types import STR
from buildtool.core.flux.setters.unreadable_yaml import RunFailure, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from buildtool.core.flux.setters.commented_node import Node
    from buildtool.core.flux.setters.documents import Resource

_ROUNDS = 4  # what is written once is in its final form, but for odd comments, which may move once more
_SUFFIXES = ("", "tag", "name", "digest")


@dataclass(frozen=True, slots=True)
class Scope:
    """What one automation may write: the files below `path`, and the setters of the policies that `takes` accepts.

    `takes` gets a policy as `namespace:name`.
    """

    path: str
    takes: Callable[[str], bool]

    def sets(self, setter: str) -> bool:
        namespace, _, rest = setter.partition(":")
        name, _, suffix = rest.partition(":")
        return bool(name) and suffix in _SUFFIXES and not setter.endswith(":") and self.takes(f"{namespace}:{name}")


@dataclass(frozen=True, slots=True)
class _Items:
    """The items of one List, the automations that read it, and whether one of them sets a value in it."""

    resources: Sequence[Resource]
    scopes: Sequence[Scope]
    is_set: bool


def blanked_forms(
    files: Mapping[str, str], scopes: Iterable[Scope], read: Callable[[str], str | None]
) -> dict[str, str | None]:
    """The blanked text of each file that an automation may change, by path; files that none changes are not named.

    `files` are the texts that hold a setter, by path from the repository's root; `read` gives any other text, or None.
    An automation whose run would fail changes nothing.
    """
    texts = {path: text for path, text in files.items() if TOKEN in text and is_read(path)}
    live = [scope for scope in scopes if _runs(texts, scope)]
    forms: dict[str, list[str]] = {}
    lists: list[_Items] = []
    for path, text in texts.items():
        mine = [scope for scope in live if relative(path, scope.path) is not None]
        resources = _resources(text, path, mine)
        items, own = _part(resources)
        if items:
            lists.append(_Items(items, mine, is_set=_blank_all(items, mine)))
        if _blank_all(own, mine):
            forms[path] = [_written(resource, mine) for resource in own]
    moved = _moved(lists, live, files)
    return {**{path: "---\n".join(held) for path, held in forms.items()}, **_left(files, forms, moved, live, read)}


def _runs(texts: Mapping[str, str], scope: Scope) -> bool:
    """Whether the automation's run comes to its end, so that it writes at all."""
    for path, text in texts.items():
        below = relative(path, scope.path)
        try:
            if below is not None:
                documents.resources(documents.with_line_feeds(text), below)
        except Unreadable:
            continue
        except RunFailure:
            return False
    return True


def _resources(text: str, path: str, scopes: Sequence[Scope]) -> list[Resource]:
    """The documents of a file as the first of the automations reads them; none where Flux passes over it."""
    below = next((relative(path, scope.path) for scope in scopes), None)
    try:
        return documents.resources(documents.with_line_feeds(text), below)
    except (Unreadable, RunFailure):
        return []


def _part(resources: list[Resource]) -> tuple[list[Resource], list[Resource]]:
    items = [resource for resource in resources if resource.item]
    return items, [resource for resource in resources if not resource.item]


def _moved(lists: Sequence[_Items], scopes: Sequence[Scope], files: Collection[str]) -> dict[str, set[str]]:
    """The items of Lists, blanked, by the paths that automations write them to.

    An automation that sets a value in any item writes all items that it has read.
    """
    moved: dict[str, set[str]] = {}
    for scope in scopes:
        mine = [one for one in lists if scope in one.scopes]
        if not any(one.is_set for one in mine):
            continue
        folder = update_folder(files, scope.path)
        for held, resource in ((one, resource) for one in mine for resource in one.resources):
            path = posixpath.join(folder, documents.item_path(resource.root))
            moved.setdefault(path, set()).add(_written(resource, held.scopes))
    return moved


def _left(
    files: Mapping[str, str],
    forms: Mapping[str, list[str]],
    moved: Mapping[str, set[str]],
    scopes: Sequence[Scope],
    read: Callable[[str], str | None],
) -> dict[str, str | None]:
    """What is left of the files that items are written to, without those items; None where that is nothing."""
    left: dict[str, str | None] = {}
    for path, texts in moved.items():
        text = files[path] if path in files else read(path)
        mine = [scope for scope in scopes if relative(path, scope.path) is not None]
        held = forms[path] if path in forms else [_written(one, mine) for one in _resources(text or "", path, mine)]
        own = [one for one in held if one not in texts]
        if held and not own:
            left[path] = None
        elif path in forms:
            left[path] = "---\n".join(own)
    return left


def _blank_all(resources: Iterable[Resource], scopes: Sequence[Scope]) -> bool:
    """Blank each of them; whether there was a value to set in any."""
    return sum(_blank(resource.root, scopes) for resource in resources) > 0


def _blank(node: Node, scopes: Sequence[Scope]) -> bool:
    """Empty every value below the node that one of the automations sets; whether there was one."""
    any_set = False
    for scalar in scalars(node):
        comment = comment_of(scalar)
        setter = setter_of(comment) if comment else None
        if setter is not None and any(scope.sets(setter) for scope in scopes):
            scalar.value, scalar.tag, scalar.tagged, scalar.style = "", STR, False, Style.DOUBLE
            any_set = True
    return any_set


def _written(resource: Resource, scopes: Sequence[Scope]) -> str:
    """A blanked document as Flux writes it, again and again until that changes nothing more."""
    text = write([(resource.document, resource.wide)])
    for _ in range(_ROUNDS):
        again = _rewritten(text, scopes)
        if again in {text, None}:
            break
        text = str(again)
    return text


def _rewritten(text: str, scopes: Sequence[Scope]) -> str | None:
    try:
        resources = documents.resources(text, "")  # no longer with a path of its own
    except (Unreadable, RunFailure):
        return None
    for resource in resources:
        _blank(resource.root, scopes)
    return write((resource.document, resource.wide) for resource in resources)
