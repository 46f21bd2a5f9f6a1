"""Every code that a command can print has a page, collected from the sources; every page is fit to be read."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool import errors
from buildtool.core.flux.policy.failure import ErrorClass
from buildtool.errors import EXIT_MEANING, Exit, Kind, catalogue
from buildtool.errors.pages import FluxAnswer, Rule
from tests.support import pages as documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.errors.pages import Page

PACKAGE = Path(errors.__file__).parents[1]
SOURCES = sorted(PACKAGE.rglob("*.py"))
CATALOGUE = Path(errors.__file__).parent
PAGES = list(catalogue.pages())
CODES = catalogue.by_code()
SHORT = 40  # characters: a command, a title


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call of a function or class of one of these names, with the file it stands in."""
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names:
                yield path, node


def texts(node: ast.expr | None) -> Iterator[str]:
    """The strings that an expression can be: itself, or both sides of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))


def test_pages_are_declared_in_the_catalogue_alone() -> None:
    """So a finding, whose words come from its rule, and an error, which has a kind, always have a page."""
    declared = {path for path, _ in calls("Rule", "FluxAnswer") if "registry" not in path.parts}
    declared |= {path for path, call in calls("Kind") if any(keyword.arg == "exit" for keyword in call.keywords)}
    assert {path.parent for path in declared} == {CATALOGUE}
    assert {path for path, _ in calls("Finding")} == {CATALOGUE / "pages.py"}


def test_every_module_that_declares_a_page_is_in_the_catalogue() -> None:
    modules = {Path(str(module.__file__)) for module in (*catalogue.OTHERS.values(), *catalogue.CHECK.values())}
    assert modules == {path for path, _ in calls("Kind", "Rule", "FluxAnswer") if path.parent == CATALOGUE}


def test_every_error_that_is_raised_names_a_kind_of_the_catalogue() -> None:
    """By name, so that mypy has seen that it is a Kind."""
    raised = [ast.unparse(call.args[0]) for path, call in calls("BuildtoolError") if call.args]
    named = {name.rpartition(".")[2] for name in raised if name.rpartition(".")[2].isupper()}
    assert len(named) > 30
    assert {getattr(errors, name).code for name in named} <= set(CODES)


def test_codes_that_travel_as_text_have_a_page() -> None:
    """A problem of the YAML reader, an unread file and a lost marker name their rule by its code."""
    written = {text for _, call in calls("Problem", "Unread", "UnreadableError", "Lost") for text in _codes(call)}
    assert {"yaml-syntax", "yaml-too-large", "file-outside"} <= written
    assert written <= set(CODES)


def _codes(call: ast.Call) -> Iterator[str]:
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    yield from (text for one in arguments for text in texts(one) if re.fullmatch(r"[a-z]+(?:-[a-z]+)+", text))


def test_no_text_of_the_sources_looks_like_a_code_and_has_no_page() -> None:
    """The families' prefixes are theirs alone: `harbor-…`, `marker-…`, `yaml-…`."""
    families = {"alert", "automation", "config", "depends-on", "file", "harbor", "ignore", "job", "kustomization"}
    families |= {"marker", "policy", "receiver", "repository", "secret", "workflow", "yaml"}
    code = re.compile(rf"(?:{'|'.join(families)})(?:-[a-z]+)+")
    others = {
        "buildtool.policy-explain",
        "ignore-error",
        "file-name",
        "harbor-registry",
    }  # of docker, buildx and Harbor
    found = {
        node.value
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and code.fullmatch(node.value)
    }
    assert len(found) > 60
    assert found - others <= set(CODES)


def test_every_answer_of_flux_has_a_page() -> None:
    """`error_class` of policy eval, `near_misses[].kind` of policy explain; "none" is said of a tag that is taken."""
    kinds = {text for _, call in calls("Mismatch") for text in texts(call.args[1])} - {"none"}
    answers = {code for code, found in CODES.items() if isinstance(found[0], FluxAnswer)}
    assert kinds | {one.value for one in ErrorClass} == answers


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{type(page).__name__}:{page.code}")
def test_every_page_is_used(page: Page) -> None:
    """A page that no source names explains nothing."""
    if isinstance(page, FluxAnswer):
        assert _written(page.code)
        return
    [name] = [
        name
        for module in (*catalogue.OTHERS.values(), *catalogue.CHECK.values())
        for name, value in vars(module).items()
        if value is page
    ]
    assert _named(name) or _written(page.code)


@cache
def _outside() -> tuple[ast.AST, ...]:
    return tuple(node for path in SOURCES if path.parent != CATALOGUE for node in ast.walk(tree(path)))


def _named(name: str) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)
        for node in _outside()
    )


def _written(code: str) -> bool:
    return any(isinstance(node, ast.Constant) and node.value == code for node in _outside())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{type(page).__name__}:{page.code}")
def test_a_page_is_fit_to_be_read(page: Page) -> None:
    separator = "_" if isinstance(page, FluxAnswer) else "-"
    assert re.fullmatch(rf"[a-z0-9]+(?:{separator}[a-z0-9]+)*", page.code)
    for text in (page.title, page.fix):
        assert text == text.strip()
        assert text
        assert not text.endswith(".")
    for text in (page.meaning, page.reason):
        assert re.fullmatch(r"\S.*[a-zA-Z0-9`)%_\"]\.", text), text
    assert len({page.title, page.meaning, page.reason, page.fix}) == 4
    assert all("\n" not in text and len(text) <= 160 for text in (page.title, page.meaning, page.reason, page.fix))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{type(page).__name__}:{page.code}")
def test_a_page_has_no_figure_of_speech(page: Page) -> None:
    """Words that were riddles to a reader whose first language is not English."""
    riddles = r"\b(?:bites?|deaf|sight|wakes?|for ever|without a word|collapse|taken? apart|believes to|mend)\b"
    assert not [text for text in (page.title, page.meaning, page.reason, page.fix) if re.search(riddles, text)]


def test_one_code_has_one_page() -> None:
    """Only a mistake in buildtool.toml is both: it ends every command but check, which goes on. Its words are one."""
    counts = Counter(page.code for page in PAGES)
    assert {code for code, count in counts.items() if count > 1} == {"config-invalid"}
    one, other = CODES["config-invalid"]
    assert isinstance(one, Kind)
    assert isinstance(other, Rule)
    assert documents.body(one).split("\n", 1)[1] == documents.body(other).split("\n", 1)[1]


def test_every_exit_code_has_a_meaning() -> None:
    assert set(EXIT_MEANING) == set(Exit)
    assert {kind.exit for kind in catalogue.kinds().values()} <= set(Exit)


@pytest.mark.parametrize(("path", "text"), [*documents.documents()], ids=lambda one: getattr(one, "stem", ""))
def test_the_documents_say_what_the_catalogue_says(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "python -m tests.support.pages writes it"


def test_each_sentence_of_the_catalogue_is_written_once() -> None:
    """Two pages that say the same share it: a better sentence is then better in both."""
    literals = Counter(
        node.value
        for path in CATALOGUE.glob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > SHORT
    )
    assert [text for text, times in literals.items() if times > 1] == []
