"""Which files an automation rewrites, and which it passes over."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from buildtool.core.yaml.node import Shape

if TYPE_CHECKING:
    from buildtool.core.lint.tree import Source, Tree

_DIRECTIVE = re.compile(r"^%[A-Z]", re.MULTILINE)
_LISTS = frozenset({"List", "ResourceList"})
_INTERNAL = "internal.config.kubernetes.io/path"


def has_flux_name(path: str) -> bool:
    """Only these names are read; the case counts."""
    return path.endswith((".yaml", ".yml")) or posixpath.basename(path) == "Kustomization"


def flux_reads(source: Source) -> tuple[str, int, str] | None:
    """None where Flux rewrites the file as it stands; else the rule's code, the line, and the reason."""
    if _DIRECTIVE.search(source.text):
        return "marker-unread-file", 0, "the file has a YAML directive (a line that begins with %)"
    for document in source.parsed.documents:
        root = document.root
        if root is None:
            continue
        if root.shape is not Shape.MAP:
            return "marker-unread-file", root.line, "a document of the file is not a map"
        metadata = root.get("metadata")
        if metadata is not None and metadata.shape is not Shape.MAP and metadata.kind != "null":
            return "marker-unread-file", metadata.line, "metadata is not a map"
        if root.string("kind") in _LISTS and root.get("items") is not None:
            return "marker-in-list", root.line, f"the markers stand inside a {root.string('kind')}"
        annotation = root.get("metadata", "annotations", _INTERNAL)
        if annotation is not None:
            return "marker-internal-annotation", annotation.line, f"the annotation {_INTERNAL}"
    return None


def outside(tree: Tree, path: str) -> str:
    """Why no automation reaches the file; "" where one does, or where the repository has none."""
    automations = tree.manifests.automations
    if not automations or any(a.path and a.path not in tree.folders and a.path not in tree.paths for a in automations):
        return ""  # automation-path-missing says it
    if any(not a.path or path == a.path or path.startswith(f"{a.path}/") for a in automations):
        return ""
    paths = ", ".join(sorted({a.path for a in automations}))
    return f"the file is not below {paths}"
