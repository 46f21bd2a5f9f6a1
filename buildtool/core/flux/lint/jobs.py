"""Jobs, and the scripts that pods run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from buildtool.core.flux.manifests import SETTER_TOKEN
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
_SECRET_NAME = re.compile(r"(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS?|_KEY|APIKEY)\Z", re.IGNORECASE)
_REFERENCE = re.compile(r"[/.~]|\$\(|\Z")  # a path, another variable, or nothing
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_WORKLOADS = frozenset({"Job", "CronJob", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"})
_FORCE_KEY = "kustomize.toolkit.fluxcd.io/force"


def check(tree: Tree) -> Iterator[Finding]:
    forced = _forced_folders(tree)
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


def _forced_folders(tree: Tree) -> tuple[str, ...]:
    """The paths of Kustomizations with force: true; those have a finding of their own."""
    return tuple(
        item.root.string("spec", "path").removeprefix("./").strip("/") + "/"
        for item in tree.of("kustomize.toolkit.fluxcd.io", "Kustomization")
        if item.root.true("spec", "force")
    )


def _job(tree: Tree, item: Object, forced: tuple[str, ...]) -> Iterator[Finding]:
    ttl = item.root.get("spec", "ttlSecondsAfterFinished")
    if ttl is not None:
        key = item.root.get("spec")
        node = (key.key("ttlSecondsAfterFinished") if key is not None else None) or ttl
        yield TTL.at(item.at(node), f"{item}: ttlSecondsAfterFinished: {ttl.text}")
    metadata = item.root.get("metadata")
    marks = [metadata.get(where, _FORCE_KEY) for where in ("annotations", "labels")] if metadata is not None else []
    if any(mark is not None and mark.text.lower() == "enabled" for mark in marks):
        return
    if _has_setter(tree, item) and not item.path.startswith(forced):
        yield FORCE.at(item.place, f"{item} has a setter but no force annotation")


def _has_setter(tree: Tree, item: Object) -> bool:
    lines = tree.sources[item.path].lines()
    return any(SETTER_TOKEN in line for line in lines[item.root.line - 1 : item.root.end_line])


def _environment(item: Object) -> Iterator[Finding]:
    for key, node in item.root.walk():
        if key is None or key.text != "env":
            continue
        for entry in node.real.items:
            name, value = entry.string("name"), entry.get("value")
            if value is not None and _SECRET_NAME.search(name) and not _REFERENCE.match(value.text):
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
    if item.root.get("sops") is not None:
        return
    for field in ("data", "stringData"):
        node = item.root.get(field)
        if node is not None and any(value.real.text for _, value in node.pairs):
            keys = ", ".join(key.text for key, _ in node.pairs)
            yield PLAIN_SECRET.at(item.place, f"{item} holds {keys}")
            return
