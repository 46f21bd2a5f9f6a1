"""An entry at the end of a list, and every other byte as it was; or nothing."""

from __future__ import annotations

import pytest

from buildtool.core.init.yaml_append import with_entry

ENTRY = "repo: b\nhooks:\n  - id: x\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("repos:\n- repo: a\n", "repos:\n- repo: a\n- repo: b\n  hooks:\n    - id: x\n"),
        ("repos:\n  - repo: a", "repos:\n  - repo: a\n  - repo: b\n    hooks:\n      - id: x"),
        (
            "# top\nrepos:\n  - repo: a\n    rev: |\n      x\n\n# tail\nci: {}\n",
            (
                "# top\nrepos:\n  - repo: a\n    rev: |\n      x\n  - repo: b\n    hooks:\n      - id: x\n"
                "\n# tail\nci: {}\n"
            ),
        ),
    ],
)
def test_the_entry_is_added(text: str, expected: str) -> None:
    assert with_entry(text, ["repos"], ENTRY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "repos: [{repo: a}]\n",
        "repos: []\n",
        "repos:\n",
        "",
        "repos: a\n",
        "other:\n  - a\n",
        "repos:\r\n- repo: a\n",
        "repos:\r\n- repo: a\r\r\n",
        "repos:\r- repo: a\r",
        "repos:\n- repo: a\n---\nb: 1\n",
        "repos:\n- repo: a\nrepos:\n- repo: a\n",
        "repos:\n- repo: [\n",
        "repos: &x\n  - *x\n",
        "repos:\n  -\trepo: a\n",
    ],
)
def test_what_cannot_be_extended_exactly(text: str) -> None:
    assert with_entry(text, ["repos"], ENTRY) is None


def test_a_list_further_down() -> None:
    text = "on:\n  push:\n    paths-ignore:\n      - a\n  x: 1\n"
    assert with_entry(text, ["on", "push", "paths-ignore"], "b") == text.replace("- a\n", "- a\n      - b\n")
