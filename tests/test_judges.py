"""One judge for each fact: what is known of it, and the words for it, stand in one module.

Told by the texts of the sources (not by their docstrings): a second place with the same words is a second judge.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "buildtool"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent.name != "errors")

# Words that only the judge of a fact uses -> its module.
WORDS = {
    "cannot build for": "core.build.prerequisites",
    "stores images of one platform only": "core.build.prerequisites",
    "over HTTPS, and buildtool.toml says HTTP": "core.build.prerequisites",
    '"insecure-registries"': "core.build.prerequisites",
    "tonistiigi/binfmt": "core.build.prerequisites",
    "'s clock is ": "core.registry.clock",
    " watches ": "core.flux.watching",
    "uncommitted: ": "core.commit.checkout",
    "push.candidate_tag to a tag": "",
    "does not take the tag": "core.flux.policy.refusal",
    " to a tag that no policy takes": "core.flux.policy.hidden",
    "Platforms|": "core.build.builder_view",
    "passphrase": "core.text.secret_names",
    "$imagepolicy": "",
    "imagepolicy": "core.flux.marker_name",
}
# Failures that are found by the judge alone; who ends a command with one of them raises what the judge found.
KINDS = {
    "PLATFORM_MISSING": "core.build.prerequisites",
    "CLOCK_SKEW": "core.registry.clock",
    "DIRTY_TREE": "core.commit.checkout",
}
# Rules of `check` that push and doctor say as well.
RULES = {
    "config-image-mismatch": ("IMAGE", "rules_configuration", "core.flux.watching"),
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def texts(path: Path) -> tuple[str, ...]:
    """Every string and bytes literal of a module, but not its docstrings."""
    documented = {
        node.body[0].value
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    literals = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and node not in documented]
    return tuple(
        node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        for node in literals
        if isinstance(node.value, (str, bytes))
    )


@pytest.mark.parametrize(("words", "judge"), WORDS.items(), ids=WORDS)
def test_the_words_for_a_fact_stand_in_one_module(words: str, judge: str) -> None:
    """No judge is named where the words are put together from parts and stand nowhere as a whole."""
    assert {name_of(path) for path in MODULES if any(words in text for text in texts(path))} == {judge} - {""}


@pytest.mark.parametrize(("kind", "judge"), KINDS.items(), ids=KINDS)
def test_a_failure_is_found_in_one_module(kind: str, judge: str) -> None:
    assert {name_of(path) for path in MODULES if kind in names(path)} == {judge}


@pytest.mark.parametrize(("name", "module", "judge"), RULES.values(), ids=RULES)
def test_a_rule_is_found_in_one_module(name: str, module: str, judge: str) -> None:
    importers = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == f"buildtool.errors.{module}"
        and name in {alias.name for alias in node.names}
    }
    assert importers == {judge}


def names(path: Path) -> set[str]:
    """Every name and attribute that a module uses."""
    found = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    return found | {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
