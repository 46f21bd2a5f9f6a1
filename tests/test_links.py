"""Every link between the documents leads to a file that is there, and to a heading of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.links import anchors, broken, links

ROOT = Path(__file__).parent.parent
_LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()
DOCUMENTS = [ROOT / name for name in _LISTED if (ROOT / name).is_file()]


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_every_page_is_reached_from_the_start_page() -> None:
    start = ROOT / "docs" / "index.md"
    reached, left = set(), [start]
    while left:
        page = left.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        local = [link.partition("#")[0] for link in links(page.read_text(encoding="utf-8")) if "://" not in link]
        left += [(page.parent / name).resolve() for name in local if name]
    pages = {page for page in DOCUMENTS if page.is_relative_to(ROOT / "docs")}
    assert pages - reached == set()


def test_what_is_broken_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    (tmp_path / "b.md").write_text('# One\n\n## Two, `three` & "four"\n\n## Two\n\n## Two\n', encoding="utf-8")
    good = "[x](b.md) [x](b.md#two-three--four) [x](b.md#two-1) ![x](b.md 'title') [x](#here)\n\n# Here\n"
    bad = "[x](c.md) [x](b.md#three) [x](#there)\n\n[ref]: d.md\n"
    code = "```\n[x](e.md)\n```\n`[x](f.md)`\n"
    page.write_text(good + bad + code + "[x](https://host.invalid/g.md)\n", encoding="utf-8")
    assert broken(page) == ["c.md", "b.md#three", "#there", "d.md"]
    assert anchors("# `a_b`: c\n# Über\n") == {"a_b-c", "über"}


def test_the_house_has_links() -> None:
    assert sum(len(links(page.read_text(encoding="utf-8"))) for page in DOCUMENTS) > 100
    assert not any(re.search(r"\s", link) for page in DOCUMENTS for link in links(page.read_text(encoding="utf-8")))
