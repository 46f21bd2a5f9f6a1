"""Every rule has a page, and the page tells the truth: its words are the rule's, and both its examples are run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters.manifests import RepositoryFiles
from buildtool.adapters.process import run
from buildtool.cli.check_settings import read_settings
from buildtool.core.flux.lint.all_rules import families, rules
from buildtool.usecases.check.run import check

if TYPE_CHECKING:
    from buildtool.core.flux.lint.rule import Rule

PAGES = Path(__file__).parents[4] / "docs" / "rules"
RULES = rules()
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


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_page_says_what_the_rule_says(rule: Rule) -> None:
    page = (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {rule.code}: {rule.title}\n\nSeverity: **{rule.severity}**")
    assert f"\nWhy: {rule.reason}\n\nFix: {rule.fix}\n" in page


def test_the_overview_lists_every_rule_and_there_is_no_other_page() -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\)( ↔)? \| (\w+) \| (.+) \|$", overview(), re.MULTILINE)
    assert [(code, bool(cross), severity, title) for code, cross, severity, title in listed] == [
        (rule.code, rule.cross, rule.severity.value, rule.title) for rule in RULES.values()
    ]
    assert {path.stem for path in PAGES.glob("*.md")} == {*RULES, "README"}


def test_every_code_belongs_to_one_rule() -> None:
    codes = [rule.code for family in families() for rule in family.RULES]
    assert len(codes) == len(set(codes))


def overview() -> str:
    return (PAGES / "README.md").read_text(encoding="utf-8")
