"""Setters: what Flux writes, where it never looks, and what stands beside a marker now."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from buildtool.core.flux.image_names import canonical, image_problem
from buildtool.core.flux.lint.deploys import branch_is_refused, refuses, takes, why_not
from buildtool.core.flux.lint.marker_scan import MAX_CHARACTERS, Marks
from buildtool.core.flux.lint.marker_values import is_placeholder, key_on, part_problem, split_value
from buildtool.core.flux.lint.rewritable import annotation_line, list_line, outside
from buildtool.core.flux.lint.writing import is_live, is_same, unreached, writers, writing, written
from buildtool.core.flux.marker_name import KEY, TOKEN
from buildtool.core.flux.substitution import is_unknown
from buildtool.core.flux.tree.model import Presence
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
    MISPLACED,
    NAMESPACE,
    OUTSIDE,
    OVERWRITE,
    PART,
    REFORMAT,
    RUN_FAILS,
    TAG,
    TYPED,
    UNKNOWN,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.marker_scan import Mark
    from buildtool.core.flux.lint.tree import Source, Tree
    from buildtool.core.flux.manifests import Policy
    from buildtool.errors.findings import Finding

_BY_CODE = rules_in(rules_markers)


def check(tree: Tree) -> Iterator[Finding]:
    for path, source in tree.sources.items():
        if TOKEN in source.text and is_live(tree, path):
            yield from _hidden(source, tree.marks.get(path, Marks()))
    for path, marks in tree.marks.items():
        source = tree.sources[path]
        if source.parsed.broken or not is_live(tree, path):
            continue  # yaml-syntax says it, or nobody reads the file
        for lost in marks.lost:
            why = _NOT_PUT_IN if _has_variable(source, lost.line) else lost.why
            yield _BY_CODE[lost.code].at(Place(path, lost.line, lost.column), why)
        whole = _whole_file(tree, source, marks)
        if whole is not None:
            yield whole
            continue
        yield from _form(tree, source, marks)
        for mark in marks.seen if tree.wide or tree.cares(path) else ():
            yield from _mark(tree, path, mark)
    yield from _disagreements(tree)
    yield from _overwritten(tree)


def _whole_file(tree: Tree, source: Source, marks: Marks) -> Finding | None:
    """What makes every marker of the file useless."""
    line = annotation_line(source)
    if line:
        return RUN_FAILS.at(Place(source.path, line, 1), "the annotation internal.config.kubernetes.io/path")
    if marks.too_large:
        size = f"{marks.too_large:,} characters, more than {MAX_CHARACTERS:,}: its setters are not checked"
        return TOO_LARGE.at(Place(source.path, *marks.first), size)
    if marks.skipped:
        return FILE.at(Place(source.path, *marks.first), marks.skipped)
    if not marks.seen:
        return None
    line = list_line(source)
    if line:
        return LIST.at(Place(source.path, line, 1), "the markers stand inside a List")
    where = outside(tree, source.path)
    return OUTSIDE.at(Place(source.path, *marks.first), where) if where else None


def _hidden(source: Source, marks: Marks) -> Iterator[Finding]:
    """Markers inside a text: a block scalar, or a patch given as text."""
    if marks.canonical or source.text.count(TOKEN) <= len(marks.seen) + len(marks.lost):
        return
    roots = (document.root for document in source.parsed.documents if document.root is not None)
    for node in (node for root in roots for _, node in root.walk() if TOKEN in node.text):
        number = next(n for n, line in enumerate(node.text.split("\n")) if TOKEN in line)
        line = node.line + number + 1 if node.style in ("|", ">") else node.line
        yield MISPLACED.at(Place(source.path, line, 1), "the marker is a part of a text, which Flux does not look into")


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
    found = tree.manifests.named(mark.policy)
    if not found:
        if tree.flux.presence("ImagePolicy", *mark.policy.split(":", 1)) is Presence.MISSING:
            yield UNKNOWN.at(place, f"there is no ImagePolicy {_named(mark.policy)}")
        return
    if any(policy.item.key != mark.policy or not policy.known for policy in found):
        return  # its name or its spec is known in the cluster only; or policy-invalid says it
    why = unreached(tree, mark.policy, found)
    policies = writers(tree, path, mark.policy)
    if why:
        yield NAMESPACE.at(place, why)
    elif mark.typed:
        yield _typed(tree, place, mark)
    elif mark.part == "digest":
        yield from _digest(place, policies)
    else:
        yield from _value(tree, place, mark, policies)


_NOT_PUT_IN = "a marker with a variable: setters see the file as it stands in git, before any variable is put in"
_TYPE = re.compile(r"!!(?:int|float|bool|null|timestamp)\b")
_VARIABLE = re.compile(re.escape(KEY) + r".*\$\{")


def _has_variable(source: Source, line: int) -> bool:
    lines = source.lines()
    return 0 < line <= len(lines) and _VARIABLE.search(lines[line - 1]) is not None


def _named(policy: str) -> str:
    return policy.replace(":", "/", 1)


def _typed(tree: Tree, place: Place, mark: Mark) -> Finding:
    tag = _TYPE.search(tree.sources[place.path].lines()[mark.line - 1])
    if tag is None:
        return TYPED.at(place, f"{mark.text} is no string")
    what = f"{tag[0]} stands before {mark.text}, and stays there whatever Flux writes"
    return TYPED.at(place, what, fix=f"write the value in quotes, without {tag[0]}")


def _digest(place: Place, policies: list[Policy]) -> Iterator[Finding]:
    if policies and all(p.item.root.string("spec", "digestReflectionPolicy") in ("", "Never") for p in policies):
        yield DIGEST.at(place, f"{policies[0].item} has digestReflectionPolicy Never")


def _value(tree: Tree, place: Place, mark: Mark, policies: list[Policy]) -> Iterator[Finding]:
    if is_unknown(mark.text):
        return  # put in by the cluster, until Flux writes over it
    key = key_on(tree.sources[place.path], mark.line)
    problem = part_problem(mark, key)
    if problem:
        yield PART.at(place, problem)
        return
    image, tag, _ = split_value(mark.text, key)
    yield from _image(tree, place, image, policies)
    if not tag or is_placeholder(tag) or not policies or not all(refuses(policy, tag) for policy in policies):
        return
    if not any(branch_is_refused(tree, policy, tag) for policy in policies):
        yield TAG.at(place, why_not(policies[0], tag))


def _image(tree: Tree, place: Place, image: str, policies: list[Policy]) -> Iterator[Finding]:
    """The image beside the marker against those of the ImageRepositories; said only where every policy has another."""
    watched = [found.image for policy in policies for found in tree.manifests.repositories_of(policy)]
    if not image or not watched or any(is_unknown(one) or image_problem(one) for one in watched):
        return
    if all(canonical(image) != canonical(one) for one in watched):
        message = f"{image} is not {watched[0]}, the image of ImagePolicy {_named(policies[0].key)}"
        yield IMAGE.at(place, message)


def _disagreements(tree: Tree) -> Iterator[Finding]:
    """Each place whose tag differs from the first place that is written from the same policy."""
    tags: dict[Place, list[tuple[str, Place]]] = defaultdict(list)
    for path, mark, policy in written(tree):
        tag = split_value(mark.text, key_on(tree.sources[path], mark.line))[1]
        if mark.part in ("", "tag") and policy.known and tag and takes(policy, tag):
            tags[policy.item.place].append((tag, Place(path, mark.line, mark.column)))
    for places in tags.values():
        first, there = places[0]
        for tag, place in places[1:]:
            if tag != first:
                yield DISAGREE.at(place, f"{tag} here, {first} in {there.path}, both of one policy")


def _overwritten(tree: Tree) -> Iterator[Finding]:
    """One finding for two automations that write some marker, each from a policy of its own."""
    several: dict[tuple[str, Mark], list[Policy]] = defaultdict(list)
    for path, mark, policy in written(tree):
        several[path, mark].append(policy)
    done: set[tuple[Place, Place]] = set()
    for (path, mark), policies in several.items():
        for other in policies[1:]:
            pair = (policies[0].item.place, other.item.place)
            if pair in done or is_same(policies[0], other):
                continue
            first, second = next(writing(tree, path, policies[0])), next(writing(tree, path, other))
            if first.place != second.place:
                done.add(pair)
                what = f"{second.key} and that of {first.place.path} both write {path}"
                yield OVERWRITE.at(second.place, f"{what}, each from its own ImagePolicy {_named(mark.policy)}")
