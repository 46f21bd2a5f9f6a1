"""The layout is a contract: dependencies point inward, and each outside thing has one door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "buildtool"
MODULES = sorted(PACKAGE.rglob("*.py"))

# who may import whom, by the first folder below the package
ALLOWED = {
    "errors": {"errors"},
    "config": {"errors", "config", "core"},
    "core": {"errors", "core"},
    "usecases": {"errors", "config", "core", "usecases"},
    "adapters": {"errors", "config", "core", "adapters"},
    "cli": {"errors", "config", "core", "usecases", "adapters", "cli", ""},
    "__main__": {"cli"},
    "": set(),
}
IMPURE = {
    "os",
    "subprocess",
    "socket",
    "time",
    "random",
    "tempfile",
    "shutil",
    "httpx",
    "docker",
    "git",
    "click",
    "requests",
}


def layer(module: str) -> str:
    return module.removeprefix("buildtool").lstrip(".").split(".")[0]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports absolute"
            assert node.module
            found.append(node.module)
            found += [
                f"{node.module}.{alias.name}"
                for alias in node.names
                if (PACKAGE.parent / node.module.replace(".", "/")).is_dir()
            ]
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_dependencies_point_inward(path: Path) -> None:
    here = layer(name_of(path))
    for target in imports(path):
        if target.split(".")[0] != "buildtool" or target in {"buildtool", "buildtool.__version__"}:
            continue
        assert layer(target) in ALLOWED[here], f"{name_of(path)} imports {target}"


@pytest.mark.parametrize("path", [p for p in MODULES if p.is_relative_to(PACKAGE / "adapters")], ids=name_of)
def test_adapters_do_not_know_each_other(path: Path) -> None:
    """Only the program runner is shared; inside one adapter's own folder its files may import each other."""
    mine = name_of(path).split(".")[2:3]
    for target in imports(path):
        parts = target.split(".")
        if parts[:2] == ["buildtool", "adapters"] and len(parts) > 2:
            assert parts[2:3] == mine or parts[2] == "process", f"{name_of(path)} imports {target}"


@pytest.mark.parametrize("path", [p for p in MODULES if p.is_relative_to(PACKAGE / "core")], ids=name_of)
def test_the_core_is_pure(path: Path) -> None:
    assert not {target.split(".")[0] for target in imports(path)} & IMPURE
    names = {node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert not names & {"print", "open", "input"}


def test_one_module_runs_programs() -> None:
    runners = [name_of(path) for path in MODULES if "subprocess" in imports(path)]
    assert runners == ["buildtool.adapters.process"]


def test_one_module_writes() -> None:
    writers = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"print", "click.echo", "click.secho", "sys.stdout.write"}
    }
    assert writers == {"buildtool.cli.output"}


def test_one_module_suggests_the_nearest_word() -> None:
    users = {name_of(path) for path in MODULES if "get_close_matches" in path.read_text(encoding="utf-8")}
    assert users == {"buildtool.core.text.suggestions"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"
