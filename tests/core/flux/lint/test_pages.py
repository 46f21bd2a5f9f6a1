"""Every rule of check has a page, and both examples of the page are run."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from buildtool.adapters.manifests import RepositoryFiles
from buildtool.adapters.process import run
from buildtool.cli.check_settings import read_settings
from buildtool.core.flux.lint.all_rules import families
from buildtool.errors.catalogue import CHECK, check_rules
from buildtool.usecases.check.run import check

PAGES = Path(__file__).parents[4] / "docs" / "rules"
RULES = check_rules()
FILE = re.compile(r"^`(?P<path>[^`\n]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^```sh\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# said by `check --tags-only`: tests/cli/test_check.py runs its page's commands
CHECKED = [code for code in RULES if code != "tag-not-taken"]


def found(folder: Path) -> set[str]:
    settings, known = read_settings(folder / "buildtool.toml", folder, {})
    return {finding.code for finding in check(RepositoryFiles(folder), settings, known=known).findings}


def lay_out(folder: Path, text: str, *, beside: str) -> None:
    """Write the files of an example, and run its commands."""
    for match in [*FILE.finditer(beside), *FILE.finditer(text)]:
        path = folder / match["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(match["text"], encoding="utf-8")
    (folder / "Dockerfile").touch()
    for match in COMMAND.finditer(text):
        run(["sh", "-ec", match["text"]], cwd=folder)


def example(code: str, heading: str) -> tuple[str, str]:
    """The example below a heading, and the image objects where the page asks for them."""
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    body = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    overview = (PAGES / "README.md").read_text(encoding="utf-8").split("### Image objects\n")[1]
    both, first = "Both examples stand beside" in page, "The first example stands beside" in page
    return body, overview if both or (first and heading == "Fails") else ""


@pytest.mark.parametrize("code", CHECKED)
def test_the_failing_example_fails_by_this_rule_alone(code: str, tmp_path: Path) -> None:
    text, beside = example(code, "Fails")
    lay_out(tmp_path, text, beside=beside)
    also = {"job-ttl"} if code == "ignore-without-reason" else set()
    assert found(tmp_path) == {code} | also


@pytest.mark.parametrize("code", CHECKED)
def test_the_passing_example_passes(code: str, tmp_path: Path) -> None:
    text, beside = example(code, "Passes")
    lay_out(tmp_path, text, beside=beside)
    assert found(tmp_path) == set()


def test_every_page_is_a_rules() -> None:
    """What the pages say of their rules, and the overview, is held to the catalogue by tests/errors."""
    assert {path.stem for path in PAGES.glob("*.md")} == {*RULES, "README"}


def test_every_family_that_runs_has_rules_in_the_catalogue() -> None:
    """A family's module and that of its rules have one name."""
    running = {family.__name__.rpartition(".")[2] for family in families() if isinstance(family, ModuleType)}
    declared = {module.__name__.rpartition(".rules_")[2] for module in CHECK.values()}
    assert declared == running | {"suppress"}
