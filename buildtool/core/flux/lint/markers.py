"""Setters: what Flux writes, where it never looks, and what stands beside a marker now."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from buildtool.core.flux.lint.deploys import branch_is_refused, refuses, takes, why_not
from buildtool.core.flux.lint.image_names import image_problem
from buildtool.core.flux.lint.marker_scan import MAX_CHARACTERS
from buildtool.core.flux.lint.rewritable import annotation_line, list_line, outside
from buildtool.core.flux.manifests import IMAGE_GROUP
from buildtool.errors import rules_markers
from buildtool.errors.findings import Place
from buildtool.errors.pages import rules_in
from buildtool.errors.rules_files import TOO_LARGE
from buildtool.errors.rules_markers import (
    DIGEST,
    DISAGREE,
    FILE,
    IMAGE,
    LIST,
    NAMESPACE,
    OUTSIDE,
    PART,
    REFORMAT,
    RUN_FAILS,
    TAG,
    TYPED,
    UNKNOWN,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.marker_scan import Mark, Marks
    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.errors.findings import Finding

_BY_CODE = rules_in(rules_markers)


def check(tree: Tree) -> Iterator[Finding]:
    for path, marks in tree.marks.items():
        source = tree.sources[path]
        if source.parsed.broken:
            continue  # yaml-syntax says it
        for lost in marks.lost:
            yield _BY_CODE[lost.code].at(Place(path, lost.line, lost.column), lost.why)
        whole = _whole_file(tree, source, marks)
        if whole is not None:
            yield whole
            continue
        yield from _form(tree, source, marks)
        for mark in marks.seen if tree.wide or tree.cares(path) else ():
            yield from _mark(tree, path, mark)
    yield from _disagreements(tree)


def _whole_file(tree: Tree, source: Source, marks: Marks) -> Finding | None:
    """What makes every marker of the file useless."""
    line = annotation_line(source)
    if line:
        return RUN_FAILS.at(
            Place(source.path, line, 1), "an object of this file has the annotation internal.config.kubernetes.io/path"
        )
    if marks.too_large:
        size = f"{marks.too_large:,} characters, more than {MAX_CHARACTERS:,}: its setters are not checked"
        return TOO_LARGE.at(Place(source.path, *marks.first), size)
    if marks.skipped:
        return FILE.at(Place(source.path, *marks.first), marks.skipped)
    if not marks.seen:
        return None
    line = list_line(source)
    if line:
        return LIST.at(Place(source.path, line, 1), "the object with the markers is an item of a List")
    where = outside(tree, source.path)
    return OUTSIDE.at(Place(source.path, *marks.first), where) if where else None


def _form(tree: Tree, source: Source, marks: Marks) -> Iterator[Finding]:
    if marks.canonical or not marks.seen or not tree.cares(source.path):
        return
    from buildtool.core.flux.setters import is_flux_form  # noqa: PLC0415 -- 30 ms, and most files are canonical

    differences = is_flux_form(source.text)
    if differences:
        name = posixpath.basename(source.path)
        yield REFORMAT.at(Place(source.path, 1, 1), f"{name}: {'; '.join(differences)}")


def _mark(tree: Tree, path: str, mark: Mark) -> Iterator[Finding]:
    place = Place(path, mark.line, mark.column)
    manifests = tree.manifests
    if mark.policy in manifests.unreadable:
        return  # policy-invalid says it
    if mark.policy not in manifests.policies:
        yield UNKNOWN.at(place, f"there is no ImagePolicy {_named(mark.policy)}")
        return
    why = _unreached(tree, mark.policy)
    if why:
        yield NAMESPACE.at(place, why)
    elif mark.typed:
        yield TYPED.at(place, f"{mark.text} is not in quotes, and YAML does not read it as text")
    elif mark.part == "digest":
        yield from _digest(tree, place, mark)
    else:
        yield from _value(tree, place, mark)


def _named(policy: str) -> str:
    return policy.replace(":", "/", 1)


def _unreached(tree: Tree, policy: str) -> str:
    namespace = policy.partition(":")[0]
    automations = tree.manifests.automations
    if not automations or all(a.namespace != namespace for a in automations):
        here = ", ".join(sorted({a.namespace for a in automations}))
        return (
            f"ImagePolicy {policy.replace(':', '/', 1)} is not in the automation's namespace ({here})" if here else ""
        )
    labels = tree.manifests.labels.get(policy, {})
    if not any(a.namespace == namespace and a.selector.items() <= labels.items() for a in automations):
        return f"ImagePolicy {policy.replace(':', '/', 1)} does not have the labels of the policySelector"
    return ""


def _value(tree: Tree, place: Place, mark: Mark) -> Iterator[Finding]:
    image, tag, _ = split_image(mark.text)
    fits = {"": image and tag, "tag": not image and tag, "name": image and not tag}[mark.part]
    if not fits or any(character.isspace() for character in mark.text):
        writes = {"": "image:tag", "tag": "a tag", "name": "an image without tag"}[mark.part]
        yield PART.at(place, f"the marker writes {writes} over {mark.text!r}")
        return
    repository = tree.manifests.repository_of(mark.policy)
    if repository is not None and image not in ("", repository.image) and not image_problem(repository.image):
        yield IMAGE.at(place, f"{image} is not {repository.image}, the image of ImagePolicy {_named(mark.policy)}")
    if tag and refuses(tree, mark.policy, tag) and not branch_is_refused(tree, mark.policy, tag):
        yield TAG.at(place, f"ImagePolicy {_named(mark.policy)} does not take {tag}: {why_not(tree, mark.policy, tag)}")


def _digest(tree: Tree, place: Place, mark: Mark) -> Iterator[Finding]:
    for item in tree.of(IMAGE_GROUP, "ImagePolicy"):
        if item.key == mark.policy and item.root.string("spec", "digestReflectionPolicy") in ("", "Never"):
            yield DIGEST.at(place, f"{item} has digestReflectionPolicy Never")


def split_image(text: str) -> tuple[str, str, str]:
    """(image, tag, digest) of `host/path:tag@digest`; a text without / and : is a tag alone."""
    name, _, digest = text.partition("@")
    head, _, last = name.rpartition("/")
    base, colon, tag = last.partition(":")
    if not head and not colon:
        return "", name, digest
    return (f"{head}/{base}" if head else base), tag, digest


def _disagreements(tree: Tree) -> Iterator[Finding]:
    """Each place whose tag differs from the first place of the same policy."""
    tags: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    for path, marks in sorted(tree.marks.items()):
        for mark in marks.seen:
            tag = split_image(mark.text)[1]
            known = mark.policy in tree.manifests.policies
            if mark.part in ("", "tag") and known and takes(tree, mark.policy, tag):
                tags[mark.policy].append((tag, Place(path, mark.line, mark.column)))
    for policy, places in tags.items():
        first, there = places[0]
        for tag, place in places[1:]:
            if tag != first:
                yield DISAGREE.at(place, f"{tag} here, {first} in {there.path}, both of {_named(policy)}")
