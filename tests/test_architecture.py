"""The layout is a contract: dependencies point inward, and one module alone talks to each thing outside."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.support.imports import MODULES, PACKAGE, PATHS, ROOT, circle, imports, name_of, room_of, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
PROGRAMS = ("buildtool", "realparts", "bench", "fuzz", "soak", "tools")
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def layer(module: str) -> str:
    return module.removeprefix("buildtool").lstrip(".").split(".")[0]


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
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    assert not names & {"print", "open", "input"}


def test_one_module_runs_programs() -> None:
    runners = [name_of(path) for path in MODULES if "subprocess" in imports(path)]
    assert runners == ["buildtool.adapters.process"]


def test_one_module_writes() -> None:
    writers = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(tree(path))
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
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for type checking count: a circle says that a type is not in the module that it belongs to."""
    assert circle(lambda name: name) == []


def test_no_rooms_import_each_other_in_a_circle() -> None:
    assert circle(room_of) == []


def asserts(node: ast.AST) -> bool:
    """An `assert`, `pytest.raises` (or a helper `raises` around it), or a helper that is named `assert_…`."""
    if isinstance(node, ast.Assert):
        return True
    called = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return called == "raises" or called.startswith("assert_")


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_asserts_something(path: Path) -> None:
    tests = [
        node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert [test.name for test in tests if not any(map(asserts, ast.walk(test)))] == []
    helpers = [
        node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef) and node.name.startswith("assert_")
    ]
    assert [helper.name for helper in helpers if not any(map(asserts, ast.walk(helper)))] == []


# Modules of one name: the same word for the same thing, seen in another layer. Any other pair gets two names.
SAME_WORD = {
    "age": "which of two commits is older: the judgement, and push asking for it",
    "build": "the command, and the failures of a build",
    "builder": "the buildx builder: its facts, and doctor's checks of it",
    "clock": "the clock: read, and judged",
    "ci": "the CI run: its variables read, and what they say",
    "committed": "what a commit holds: files, and the tags at its setters",
    "configuration": "buildtool.toml, checked by a rule and by doctor",
    "docker": "docker: its failures, and doctor's checks of it",
    "evaluate": "the evaluation of what the room is about: a template, a policy",
    "failures": "the failures of a program or library, translated to ours",
    "git": "git: its failures, and doctor's checks of it",
    "harbor": "Harbor: its pages, its settings judged, and what they do to a push",
    "k3s": "registries.yaml of k3s: read, and checked by doctor",
    "kustomization": "kustomization.yaml: its schema, and its build",
    "manifests": "the YAML files of Flux: found on the disk, and read into values",
    "markers": "setter markers: found by the setters, judged by the rules",
    "options": "what a user asked for: as click options, and as values",
    "parser": "the parser of the room's language",
    "plan": "what the command is going to do, before it does it",
    "policies": "ImagePolicies, checked by a rule and by doctor",
    "proof": "the proof of an image, and the failures of it",
    "publishing": "publishing of images: by a workflow, by push",
    "registry": "the registry: its failures, and doctor's checks of it",
    "run": "the whole command on one screen",
    "secret_values": "values of secrets: written out in a manifest, missing for a build",
    "settings": "buildtool.toml as values: all of it, and what rules need of it",
    "tag": "the command",
    "tags": "tags of images: made, failing, and checked against policies",
    "values": "the values of the room's language, or of a policy's fields",
    "verify": "the command",
    "versions": "apiVersions in the rules, semver in the policy's",
}


def test_modules_of_one_name_mean_the_same() -> None:
    modules = defaultdict(list)
    for name, path in PATHS.items():
        if path.name != "__init__.py":
            modules[path.stem].append(name)
    twice = {stem for stem, names in modules.items() if len(names) > 1}
    assert twice == set(SAME_WORD)


# Classes of one name that are the same thing: a Protocol, and what satisfies it or another part of it.
SAME_CLASS = {
    "Checkout",
    "Clock",
    "Cluster",
    "EngineImages",
    "Files",
    "GitSetup",
    "Harbor",
    "Machine",
    "Registry",
}


def test_classes_of_one_name_mean_the_same() -> None:
    """Below core/flux the rooms stand for themselves: a template, a pattern and a YAML file all have a Node."""
    names = [
        node.name
        for name, path in PATHS.items()
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and ".core.flux." not in name
    ]
    assert {name for name in names if names.count(name) > 1} == SAME_CLASS


def test_contributing_names_every_folder() -> None:
    """A folder of a room is named by itself, or in the row of the room (`lints/` in the row of `core/flux/policy/`)."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9_/]+)/` \| (.*) \|$", text, re.MULTILINE)
    named = {folder for folder, _ in rows}
    named |= {f"{folder}/{inner}" for folder, words in rows for inner in re.findall(r"`([a-z0-9_]+)/`", words)}
    folders = {str(path.parent.relative_to(PACKAGE)) for path in MODULES if path.name == "__init__.py"} - {"."}
    generated = {"core/flux/schema/crds"}
    assert {folder for folder in named if (PACKAGE / folder).is_dir()} == folders - generated
    assert {folder for folder in named if not (ROOT / folder).is_dir()} <= folders


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/development.md"])
def test_contributing_names_only_what_is_there(page: str) -> None:
    """Files and modules that the page names, from `buildtool/` or from the root; <…> stands for any name."""
    text = (ROOT / page).read_text(encoding="utf-8")
    rooms = "errors|config|core|usecases|adapters|cli|tests|docs|requirements|realparts"
    for file in set(re.findall(rf"`((?:{rooms})/[a-z0-9_/]*(?:\.py|\.txt)?)`", text)):
        assert any(place.exists() for place in (PACKAGE / file, PACKAGE / f"{file}.py", ROOT / file)), file
    for module in re.findall(r"`python -m ([a-z.]+)`", text):
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists(), module
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / page).parent.joinpath(link).exists(), link


def test_contributing_is_one_page() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert text.count("\n") <= 100
    assert re.findall(r"(?m)^##+ (.*)$", text) == ["The tree", "Where does … go?", "Rules of the house"]


# Names that no program here calls: click or uvicorn does, or what writes a file of this repository.
CALLED_FROM_OUTSIDE = {"list_commands", "get_command", "format_commands", "eval_", "json_schema", "capture_signals"}


def test_no_name_is_defined_that_nothing_uses() -> None:
    """Functions, classes, fields and constants; what the tests alone use counts as unused."""
    programs = [path for room in PROGRAMS for path in (ROOT / room).rglob("*.py")]
    words = Counter(word for path in programs for word in re.findall(r"\w+", path.read_text(encoding="utf-8")))
    defined = {name for path in MODULES if path.parent.name not in {"errors", "crds"} for name in definitions(path)}
    assert {name for name in defined if words[name] == 1} == CALLED_FROM_OUTSIDE


def definitions(path: Path) -> Iterator[str]:
    """The names that a module and its classes define, without those that Python itself calls."""
    bodies = [tree(path).body, *(node.body for node in tree(path).body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield from [node.name] if not node.name.startswith("__") else []
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (one.id for one in targets if isinstance(one, ast.Name) and not one.id.startswith("__"))
