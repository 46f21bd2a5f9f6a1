"""What keeps an automation from rewriting a file in place, although it can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.flux.lint.writing import working
from buildtool.core.flux.substitution import is_unknown
from buildtool.core.flux.tree.sources import Where

if TYPE_CHECKING:
    from buildtool.core.flux.automations import Automation
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
    """Why no automation reaches the file; "" where one does or may, or where the repository has none."""
    automations = working(tree)
    if not automations or any(_is_doubtful(tree, one) or one.covers(path) for one in automations):
        return ""
    paths = ", ".join(sorted({one.path for one in automations}))
    return f"the file is not below {paths}"


def _is_doubtful(tree: Tree, automation: Automation) -> bool:
    """Whether its path is not known, or is not there, which is a finding of its own."""
    path = automation.path
    missing = path and path not in tree.folders and path not in tree.paths
    return bool(missing) or automation.where is not Where.HERE or is_unknown(path)
