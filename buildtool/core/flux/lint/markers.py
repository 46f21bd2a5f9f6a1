"""Setters: what Flux writes, where it never looks, and what stands beside a marker now."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from buildtool.core.findings import Place, Severity
from buildtool.core.flux.lint.deploys import branch_is_refused, refuses, takes, why_not
from buildtool.core.flux.lint.files import TOO_LARGE
from buildtool.core.flux.lint.image_names import image_problem
from buildtool.core.flux.lint.marker_scan import MAX_CHARACTERS
from buildtool.core.flux.lint.rewritable import annotation_line, list_line, outside
from buildtool.core.flux.lint.rule import Rule
from buildtool.core.flux.manifests import IMAGE_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.findings import Finding
    from buildtool.core.flux.lint.marker_scan import Mark, Marks
    from buildtool.core.flux.lint.tree import Source, Tree

_SILENT = "Flux says nothing: the value is simply never updated."
MALFORMED = Rule(
    "marker-malformed",
    "a comment that means to be a setter marker and is none",
    _SILENT,
    'write exactly  # {"$imagepolicy": "namespace:name"}  or with :tag, :name or :digest, and nothing else',
)
MISPLACED = Rule(
    "marker-misplaced",
    "a setter marker where Flux never reads it",
    _SILENT,
    "put it behind the value, on the same line",
)
EMPTY = Rule(
    "marker-empty-value",
    "a setter marker beside no value",
    _SILENT,
    "start from any quoted value",
)
FILE = Rule(
    "marker-unread-file",
    "a setter marker in a file that Flux skips",
    "Flux reads only *.yaml, *.yml and Kustomization, and skips what it cannot take apart, without a word.",
    "move the value into a YAML file whose documents are maps",
)
OUTSIDE = Rule(
    "marker-outside-path",
    "a setter marker outside every automation's path",
    _SILENT,
    "move the file below update.path, or widen the path",
    cross=True,
)
LIST = Rule(
    "marker-in-list",
    "a setter marker inside a List",
    "Flux takes the List apart and commits a new file for each item instead of updating this one.",
    "write the items as documents of their own, with --- between them",
)
RUN_FAILS = Rule(
    "marker-run-fails",
    "an annotation that ends the whole automation run",
    "internal.config.kubernetes.io/path makes Flux fail (`mismatched legacy and internal path annotations`).",
    "remove the annotation",
)
UNKNOWN = Rule(
    "marker-unknown-policy",
    "a setter marker names a policy that does not exist",
    _SILENT,
    "correct the name, or commit the ImagePolicy",
    cross=True,
)
NAMESPACE = Rule(
    "marker-policy-unreached",
    "a setter marker names a policy that no automation looks at",
    "an automation uses only the policies of its own namespace that its policySelector matches; others are ignored.",
    "move the policy into the automation's namespace, or give it the labels of the policySelector",
    cross=True,
)
PART = Rule(
    "marker-wrong-part",
    "a setter marker that writes another part than the value has",
    "Flux replaces the whole value: a bare tag where an image belongs, or the reverse, breaks the workload.",
    "use no suffix for image:tag, :tag for a tag alone, :name for an image without tag",
)
IMAGE = Rule(
    "marker-wrong-image",
    "the image beside a setter is not the policy's",
    "the next automation run replaces it by another image.",
    "write the image of the policy's ImageRepository, or name the right policy",
    cross=True,
)
TAG = Rule(
    "marker-tag-mismatch",
    "the tag beside a setter is not one that the policy takes",
    "Flux replaces it by the newest tag the policy takes; and where none is, this one stays and was never proven.",
    "write a tag that the policy takes",
    cross=True,
)
TYPED = Rule(
    "marker-typed-value",
    "a setter marker beside a plain number, boolean or null",
    "Flux keeps the YAML type of the old value and writes `!!int v1` or `!!float v1`, which no consumer reads.",
    "put the value into quotes",
)
DIGEST = Rule(
    "marker-digest-never",
    "a :digest marker of a policy that resolves no digest",
    'with digestReflectionPolicy Never (the default) Flux writes "" and wipes the digest.',
    "set digestReflectionPolicy: IfNotPresent or Always on the policy, or drop the suffix",
    cross=True,
)
DISAGREE = Rule(
    "marker-tags-disagree",
    "two setters of one policy hold different tags",
    "Flux always writes both, so a difference is a hand edit: the cluster and the VM run different builds.",
    "write the same tag in both places",
    cross=True,
)
REFORMAT = Rule(
    "marker-reformat",
    "Flux's first commit will rewrite the whole file",
    "Flux writes the file anew: blank lines, wide indents and --- go, and a one-line change is lost in the diff.",
    "commit the form that Flux writes: buildtool setters preview shows it",
    Severity.WARNING,
)
RULES = (
    MALFORMED,
    MISPLACED,
    EMPTY,
    FILE,
    OUTSIDE,
    LIST,
    RUN_FAILS,
    UNKNOWN,
    NAMESPACE,
    PART,
    IMAGE,
    TAG,
    TYPED,
    DIGEST,
    DISAGREE,
    REFORMAT,
)
_BY_CODE = {rule.code: rule for rule in RULES}


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
        yield TYPED.at(place, f"{mark.text} is no string")
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
