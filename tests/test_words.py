"""Words that a reader has to guess the meaning of: no name, docstring, comment or message of the package uses them.

The reader is an engineer whose second language is English. Say what a thing is, in the words of Flux, OCI and Docker.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.imports import MODULES, PATHS, name_of, tree

if TYPE_CHECKING:
    from pathlib import Path

# the word -> what to write instead
PICTURES = {
    "paper": "the emitter's output",
    "sight": "what Flux reads",
    "reach": "access, or the scope",
    "wording": "the text",
    "door": "the one function or module",
    "bites": "fails",
    "plain": "what is plain about it: the form, the text",
    "quick": "what is read, or for which question",
}
PHRASES = (
    "the robot we are",
    "that the registry believes",
    "credentials that are believed",
    "will bite",
    "in the order of the families",
    "what each module of rules has",
    "one door",
    "by the line",
    "who we are",
    "whom to believe",
)


@pytest.mark.parametrize("word", PICTURES)
def test_no_module_is_named_by_a_picture(word: str) -> None:
    assert [name for name in PATHS if word in name.rsplit(".", 1)[-1].split("_")] == [], PICTURES[word]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_riddles(path: Path) -> None:
    text = " ".join(path.read_text(encoding="utf-8").split()).lower()
    assert [phrase for phrase in PHRASES if phrase in text] == []


@pytest.mark.parametrize("path", [path for path in MODULES if path.read_text(encoding="utf-8").strip()], ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    first = (ast.get_docstring(tree(path)) or "").partition("\n")[0]
    assert re.search(r"\w \S", first), f"{path} has no docstring"
    assert first.endswith((".", ":"))
