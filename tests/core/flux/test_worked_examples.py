"""The worked examples at the top of the hard modules say what the modules do."""

from __future__ import annotations

import doctest
import importlib

import pytest

FLUX = "buildtool.core.flux"


@pytest.mark.parametrize(
    "module",
    [
        *(f"{FLUX}.setters.{name}" for name in ("tokenizer", "comments", "composer", "emitter", "markers")),
        f"{FLUX}.policy.filter",
        f"{FLUX}.policy.regex.lost_name",
        "buildtool.core.text.unified_diff",
    ],
)
def test_the_examples(module: str) -> None:
    found = doctest.testmod(importlib.import_module(module))
    assert found.attempted > 0
    assert found.failed == 0
