"""Who imports whom in `buildtool`, imports for type checking included, and where that goes round in a circle."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "buildtool"
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """`buildtool.core.text.units`; of `__init__.py` the name of its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# Rooms with folders of their own: what is in these belongs to the room.
WHOLE = ("buildtool.core.flux.lint", "buildtool.core.flux.policy", "buildtool.core.flux.schema")
PATHS = {name_of(path): path for path in MODULES}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """What a file imports, by its full name; a name out of a package of ours also as a module of its own."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports absolute"
            assert node.module
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [node.module, *(name for name in below if (ROOT / node.module.replace(".", "/")).is_dir())]
    return tuple(found)


def modules_used(name: str) -> Iterator[str]:
    """The modules of ours that a module imports; a package counts only where a name of its `__init__.py` is taken."""
    for node in ast.walk(tree(PATHS[name])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in PATHS)
        elif isinstance(node, ast.ImportFrom) and node.module in PATHS:
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below in PATHS else node.module


def room_of(name: str) -> str:
    """The room of a module: its folder, or the module itself where that folder only holds rooms and single modules."""
    parts = name.split(".")
    for length in range(len(parts), 1, -1):
        folder = ".".join(parts[:length])
        if folder in ROOMS:
            return folder
    return name


def _rooms() -> frozenset[str]:
    """Every folder without folders below it, and those whose folders are parts of them."""
    folders = {name for name, path in PATHS.items() if path.name == "__init__.py"}
    inner = {name for name in folders if any(name.startswith(f"{room}.") for room in WHOLE)}
    outer = folders - inner
    return frozenset(name for name in outer if not any(other.startswith(f"{name}.") for other in outer))


ROOMS = _rooms()


def circle(by: Callable[[str], str]) -> list[str]:
    """A circle of imports between what `by` makes of modules: `[a, b, a]`; [] where there is none."""
    graph: Mapping[str, set[str]] = {by(name): set() for name in PATHS}
    for name in PATHS:
        graph[by(name)] |= {by(used) for used in modules_used(name)} - {by(name)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
