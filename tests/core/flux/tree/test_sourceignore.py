"""What `.sourceignore` leaves out, held against git itself, whose form it has."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildtool.core.flux.manifests import find_policies
from buildtool.core.flux.tree.sourceignore import left_out
from tests.support.shop import AUTOMATION

if TYPE_CHECKING:
    from pathlib import Path

PATHS = (
    "a.yaml", "docs/a.yaml", "apps/docs/b.yaml", "apps/old/c.yaml", "apps/new/c.bak.yaml", "x/y/z/d.yaml", "old/e.yaml",
    "apps/docs.yaml", "x/apps/old/f.yaml",
)  # fmt: skip
TEXTS = (
    "docs/\n", "/docs\n", "docs\n", "apps/old\n", "*.bak.yaml\n", "**/old\n", "x/**\n", "x/**/d.yaml\n", "/*\n!/apps\n",
    "*p*o*.y*\n", "a*s/*l*/*.yaml\n", "**/o*d/**/*.yaml\n",
    "# docs\n\n", "apps/*/c.yaml\n", "?.yaml\n", "[ab].yaml\n", "[!a].yaml\n", "*.yaml\n!docs.yaml\n", "\\#x\n", "/\n",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_as_git_ignores(text: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(text)
    asked = ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "--stdin"]
    done = subprocess.run(asked, input="\n".join(PATHS), capture_output=True, text=True, check=False)
    assert left_out(PATHS, {".sourceignore": text}) == set(done.stdout.split())


def test_a_folder_speaks_of_what_is_below_it() -> None:
    assert left_out(PATHS, {"apps/.sourceignore": "/old\n"}) == {"apps/old/c.yaml"}


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="*?[]!/\\ab#.- \n", max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    assert left_out(PATHS, {".sourceignore": text}) <= set(PATHS)


def test_every_command_reads_the_tree_without_what_is_left_out() -> None:
    """An object in such a file is in no cluster: an automation there commits nothing, a policy selects nothing."""
    texts = {
        "flux/shop.yaml": AUTOMATION,
        "flux/old/shop.yaml": AUTOMATION.replace("name: shop\n  namespace", "name: old\n  namespace"),
        "flux/.sourceignore": "old/\n",
    }
    given = [(path, text) for path, text in texts.items() if path.endswith(".yaml")]
    assert [one.name for one in find_policies(given, texts, texts.get).automations] == ["shop"]
    assert {one.name for one in find_policies(given, texts, {**texts, "flux/.sourceignore": ""}.get).automations} == {
        "shop",
        "old",
    }
