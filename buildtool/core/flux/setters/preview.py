"""One run of Flux's image automation over the files of a repository, as image-automation-controller does it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.flux.setters import documents
from buildtool.core.flux.setters import image_reference as reference
from buildtool.core.flux.setters.changes import Change, Preview, Reformatted, Skipped
from buildtool.core.flux.setters.commented_node import QUOTED, Style
from buildtool.core.flux.setters.comments import Lines
from buildtool.core.flux.setters.emitter import write
from buildtool.core.flux.setters.flux_form import is_flux_form
from buildtool.core.flux.setters.markers import comment_of, scalars, setter_of
from buildtool.core.flux.setters.scalar_types import NULL, STR, is_not_a_string_in_1_1
from buildtool.core.flux.setters.unreadable_yaml import RunFailure, Unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from buildtool.core.flux.setters.changes import LatestImage
    from buildtool.core.flux.setters.commented_node import Node
    from buildtool.core.flux.setters.documents import Resource

_SUFFIXES = ("", "tag", "name", "digest")


def preview(
    files: Mapping[str, str], images: Mapping[str, LatestImage], update_path: str = "", *, reasons: bool = True
) -> Preview:
    """What Flux would write into `files` (path from the repository's root -> text) for the latest `images`.

    `images` is keyed `namespace:name`, as markers name a policy; hold only those of the automation's own namespace,
    since Flux looks at no others. `update_path` is spec.update.path. Without `reasons`, `reformatted` stays empty.
    """
    run = _Run(update_path)
    try:
        run.set_images(images)
        run.read(files)
        texts = run.write()
    except RunFailure as error:
        return Preview(errors=(str(error),), skipped=tuple(run.skipped))
    changed = {path: text for path, text in texts.items() if files.get(path) != text}
    reformatted = run.reformatted(files) if reasons else ()
    return Preview(tuple(run.changes), changed, (), reformatted, tuple(run.skipped))


def is_read(path: str) -> bool:
    """True for the file names that Flux looks into."""
    name = posixpath.basename(path)
    return name == "Kustomization" or posixpath.splitext("x" + name)[1] in (".yaml", ".yml")


def relative(path: str, update_path: str) -> str | None:
    """The path below the update path; of a file that is the update path, its name; None outside."""
    root = posixpath.normpath("/" + update_path).lstrip("/")
    if path == root:
        return posixpath.basename(path)
    return path if not root else (path[len(root) + 1 :] if path.startswith(root + "/") else None)


def update_folder(files: Collection[str], update_path: str) -> str:
    """The folder that new files go to: the update path, or where that is a file, the one it is in."""
    root = posixpath.normpath("/" + update_path).lstrip("/")
    return posixpath.dirname(root) if root in files else root


class _Run:
    """The state of one run: the documents in the order in which Flux reads them, and the files that they go to."""

    def __init__(self, update_path: str) -> None:
        self.update_path = update_path
        self.folder = ""  # what Flux's paths are relative to
        self.values: dict[str, str] = {}
        self.read_in: list[tuple[str, str, int, Resource]] = []  # path, noted path, index in its file, resource
        self.changes: list[Change] = []
        self.skipped: list[Skipped] = []

    def set_images(self, images: Mapping[str, LatestImage]) -> None:
        """The value of every setter; one reference that does not parse fails the run."""
        for policy, image in images.items():
            reference.check(str(image))
            for suffix in _SUFFIXES:
                self.values[policy + (suffix and ":" + suffix)] = image.value(suffix)

    # --- reading

    def read(self, files: Mapping[str, str]) -> None:
        """Read every file that Flux reads, and replace the values."""
        self.folder = update_folder(files, self.update_path)
        here = {path: below for path in files if (below := relative(path, self.update_path)) is not None}
        if not here and relative("", self.update_path) is None:
            raise RunFailure(f"walking path for files: lstat {self.update_path}: no such file or directory")
        for path in sorted(here, key=lambda one: one.split("/")):
            if TOKEN in files[path] and is_read(path):
                self._read_file(path, here[path], documents.with_line_feeds(files[path]))
        lines = {path: Lines(documents.with_line_feeds(files[path])) for path in {one[0] for one in self.read_in}}
        for path, noted, _, resource in self.read_in:
            self._set(path, noted, resource, lines[path])

    def _read_file(self, path: str, noted: str, text: str) -> None:
        try:
            found = documents.resources(text, noted)
        except Unreadable as error:
            self.skipped.append(Skipped(path, error.reason, error.line))
            return
        for index, resource in enumerate(found):
            self.read_in.append((path, "" if resource.item else noted, index, resource))

    def _set(self, path: str, noted: str, resource: Resource, lines: Lines) -> None:
        for node in scalars(resource.root):
            comment = comment_of(node)
            setter = setter_of(comment) if comment else None
            if setter is None or setter not in self.values:
                continue
            old, new = node.value, self.values[setter]
            replace_value(node, new)
            if old != new:
                line, column = lines.place(resource.offset + node.start)
                self.changes.append(Change(path, line, column, old, new, setter, noted))

    # --- writing

    def write(self) -> dict[str, str]:
        """The new text of each file that holds a change, by path from the root."""
        touched = {change.target for change in self.changes}
        targets: dict[str, list[tuple[int, Resource]]] = {}
        highest: dict[str, int] = {}
        written = [one for one in self.read_in if one[1] in touched]
        for path, noted, index, _ in written:
            if noted:
                highest[path] = max(highest.get(path, 0), index)
        for path, noted, index, resource in written:
            if noted:
                targets.setdefault(path, []).append((index, resource))
                continue
            target = self._item_path(resource)
            free = highest.get(target, 0)
            highest[target] = free + 1
            targets.setdefault(target, []).append((free, resource))
        return {target: self._text(held) for target, held in targets.items()}

    def _text(self, held: list[tuple[int, Resource]]) -> str:
        held.sort(key=lambda one: one[0])
        return write((resource.document, resource.wide) for _, resource in held)

    def _item_path(self, resource: Resource) -> str:
        """An item of a List goes to a file named after its kind and name."""
        path = documents.item_path(resource.root)
        return posixpath.join(self.folder, path)

    def reformatted(self, files: Mapping[str, str]) -> tuple[Reformatted, ...]:
        """The files with a change of which more than the values will change."""
        found: list[Reformatted] = []
        for path in dict.fromkeys(change.path for change in self.changes):
            reasons = is_flux_form(files[path])
            if any(change.path == path and not change.target for change in self.changes):
                reasons = ["the items of the List are moved to files of their own", *reasons]
            if reasons:
                found.append(Reformatted(path, tuple(reasons)))
        return tuple(found)


def replace_value(node: Node, new: str) -> None:
    """Replace a value, with quotes where a YAML 1.1 reader would not take the new one for a string.

    A plain typed value keeps its old type: that is why `1.0` becomes `!!float v1`.
    """
    node.value = new
    if not is_not_a_string_in_1_1(new):
        return
    if node.style not in QUOTED:
        node.style, node.tagged = Style.DOUBLE, False
    if node.tag == NULL:
        node.style, node.tagged = Style.PLAIN, False
    else:
        node.tag = STR
