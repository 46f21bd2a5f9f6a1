"""Jobs, and the scripts that pods run."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from buildtool.core.flux.marker_name import TOKEN
from buildtool.core.flux.tree.applied import KUSTOMIZE_GROUP
from buildtool.core.flux.tree.layers import overrides
from buildtool.core.text.secret_names import is_secret_name
from buildtool.errors.findings import Place
from buildtool.errors.rules_jobs import FORCE, HOST_KEY, INSTALLS, LITERAL, PLAIN_SECRET, TTL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.core.flux.lint.tree import Tree
    from buildtool.core.flux.objects import Object
    from buildtool.core.yaml.node import Node
    from buildtool.errors.findings import Finding


_TRUSTING = re.compile(
    r"\bssh-keyscan\b|StrictHostKeyChecking[= ]+[\"']?(?:no|off|accept-new)\b|UserKnownHostsFile[= ]+[\"']?/dev/null",
    re.IGNORECASE,
)
_INSTALLING = (  # compiled when a Job is there
    r"\b(?:apk\s+(?:-\S+\s+)*add|apt(?:-get)?\s+(?:-\S+\s+)*install|(?:dnf|yum|microdnf)\s+(?:-\S+\s+)*install"
    r"|pip3?\s+install|npm\s+(?:install|i|ci)|gem\s+install|go\s+install)\b"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_WORKLOADS = frozenset({"Job", "CronJob", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"})
_FORCE_KEY = "kustomize.toolkit.fluxcd.io/force"


def check(tree: Tree) -> Iterator[Finding]:
    forced = _forced(tree)
    for item in tree.objects:
        if item.kind == "Job" and item.group == "batch":
            yield from _job(tree, item, forced)
        if item.kind in _WORKLOADS:
            yield from _environment(item)
            yield from _scripts(item)
        elif item.kind == "ConfigMap":
            yield from _scripts(item)
        if item.kind == "Secret" and item.api_version == "v1":
            yield from _secret(item)
    yield from _script_files(tree)


def _forced(tree: Tree) -> frozenset[str]:
    """The Kustomizations (`namespace:name`) with force: true; those have a finding of their own."""
    found = (item for item in tree.of(KUSTOMIZE_GROUP, "Kustomization"))
    return frozenset(item.key for item in found if item.root.true("spec", "force"))


def _job(tree: Tree, item: Object, forced: frozenset[str]) -> Iterator[Finding]:
    ttl = item.root.get("spec", "ttlSecondsAfterFinished")
    if ttl is not None:
        key = item.root.get("spec")
        node = (key.key("ttlSecondsAfterFinished") if key is not None else None) or ttl
        yield TTL.at(item.at(node), f"{item}: ttlSecondsAfterFinished: {ttl.text}")
    metadata = item.root.get("metadata")
    marks = [metadata.get(where, _FORCE_KEY) for where in ("annotations", "labels")] if metadata is not None else []
    if any(mark is not None and mark.text.lower() == "enabled" for mark in marks):
        return
    if forced.isdisjoint(item.appliers) and not item.patched and _has_setter(tree, item):
        yield FORCE.at(item.place, f"{item} has a setter but no force annotation")


def _has_setter(tree: Tree, item: Object) -> bool:
    """Whether Flux writes its image: in its own file, or in the `images` of a kustomization that takes it in."""
    if any(_is_written(tree, override) for override in _overrides(tree, item)):
        return True
    lines = tree.sources[item.path].lines()
    return any(TOKEN in line for line in lines[item.root.line - 1 : item.root.end_line])


def _overrides(tree: Tree, item: Object) -> Iterator[tuple[str, Node]]:
    """(file, entry) pairs of `images` about the images of this object, in kustomizations and Flux Kustomizations."""
    images = [node.text for key, node in item.root.walk() if key is not None and key.text == "image" and node.text]
    for source, root in tree.kustomizations():
        folder = posixpath.dirname(source.path)
        entries = root.each("images")
        if entries and any(found.path == item.path for found in tree.flux.builds.folder(folder).items):
            yield from ((source.path, entry) for entry in entries if _overrides_any(entry, images))
    for applier in tree.of(KUSTOMIZE_GROUP, "Kustomization"):
        if applier.key in item.appliers and not applier.worlds.isdisjoint(item.worlds):
            entries = applier.root.each("spec", "images")
            yield from ((applier.path, entry) for entry in entries if _overrides_any(entry, images))


def _overrides_any(entry: Node, images: list[str]) -> bool:
    return any(overrides(image, entry.string("name")) for image in images)


def _is_written(tree: Tree, override: tuple[str, Node]) -> bool:
    path, entry = override
    lines = {node.line for _, node in entry.pairs}
    marks = tree.marks.get(path)
    return marks is not None and any(mark.line in lines for mark in marks.seen)


def _environment(item: Object) -> Iterator[Finding]:
    from buildtool.core.flux.lint.secret_values import is_secret  # noqa: PLC0415 -- see below

    for key, node in item.root.walk():
        if key is None or key.text != "env":
            continue
        for entry in node.real.items:
            name, value = entry.string("name"), entry.get("value")
            if value is not None and is_secret_name(name) and is_secret(value.text):
                yield LITERAL.at(item.at(value), f"{item}: the value of {name} is written out")


def _scripts(item: Object) -> Iterator[Finding]:
    for key, node in item.root.walk():
        if key is not None and key.text == "value" and item.kind != "ConfigMap":
            continue
        yield from _script(
            Place(item.path, node.line, node.column), node, str(item), job=item.kind in ("Job", "CronJob")
        )


def _script(place: Place, node: Node, who: str, *, job: bool) -> Iterator[Finding]:
    text = node.text
    found = _TRUSTING.search(_without_comments(text)) if text else None
    if found is not None:
        yield HOST_KEY.at(_within(place, node, found[0]), f"{who}: {found[0]}")
    found = re.search(_INSTALLING, _without_comments(text)) if text and job else None
    if found is not None:
        yield INSTALLS.at(_within(place, node, found[0]), f"{who}: {found[0]}")
    if text and _PRIVATE_KEY.search(text):
        yield LITERAL.at(place, f"{who}: a private key")


def _without_comments(text: str) -> str:
    return "\n".join("" if line.lstrip().startswith("#") else line for line in text.split("\n"))


def _within(place: Place, node: Node, what: str) -> Place:
    """The line of a block scalar's text that holds `what`."""
    if node.style not in ("|", ">"):
        return place
    lines = node.text.split("\n")
    number = next(
        (i for i, line in enumerate(lines) if what.split("\n", maxsplit=1)[0] in line and line.lstrip()[:1] != "#"), 0
    )
    return Place(place.path, node.line + 1 + number, 1)


def _script_files(tree: Tree) -> Iterator[Finding]:
    for source in tree.sources.values():
        if source.path.endswith(".sh"):
            for number, line in enumerate(_without_comments(source.text).split("\n"), start=1):
                found = _TRUSTING.search(line)
                if found is not None:
                    yield HOST_KEY.at(Place(source.path, number, found.start() + 1), f"{source.path}: {found[0]}")


def _secret(item: Object) -> Iterator[Finding]:
    # 5 ms of regular expressions, and most files hold no secret
    from buildtool.core.flux.lint.secret_values import decoded, holds_secret  # noqa: PLC0415

    if item.root.get("sops") is not None or item.root.string("type") == "kubernetes.io/service-account-token":
        return
    for field, read in (("data", decoded), ("stringData", str)):
        node = item.root.get(field)
        pairs = node.pairs if node is not None else ()
        keys = [key.text for key, value in pairs if value.real.text and holds_secret(key.text, read(value.real.text))]
        if keys:
            yield PLAIN_SECRET.at(item.place, f"{item} holds {', '.join(keys)}")
            return
