"""What keeps an automation from rewriting a file in place, although it can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from buildtool.core.flux.lint.tree import Source, Tree

_LISTS = frozenset({"List", "ResourceList"})
_INTERNAL = "internal.config.kubernetes.io/path"


def list_line(source: Source) -> int:
    """The line of a `kind: List`, which Flux takes apart; 0 where there is none."""
    roots = (document.root for document in source.parsed.documents if document.root is not None)
    return next((r.line for r in roots if r.string("kind") in _LISTS and r.get("items") is not None), 0)


def annotation_line(source: Source) -> int:
    """The line of kyaml's own annotation, which ends the run; 0 where there is none."""
    roots = (document.root for document in source.parsed.documents if document.root is not None)
    found = (root.get("metadata", "annotations", _INTERNAL) for root in roots)
    return next((node.line for node in found if node is not None), 0)


def outside(tree: Tree, path: str) -> str:
    """Why no automation reaches the file; "" where one does, or where the repository has none."""
    automations = tree.manifests.automations
    if not automations or any(a.path and a.path not in tree.folders and a.path not in tree.paths for a in automations):
        return ""  # automation-path-missing says it
    if any(not a.path or path == a.path or path.startswith(f"{a.path}/") for a in automations):
        return ""
    paths = ", ".join(sorted({a.path for a in automations}))
    return f"the file is not below {paths}"
