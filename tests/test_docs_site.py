"""The documents as a site: built without a warning, each page in the sidebar, nothing loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.need import need

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The HTML that `make docs` writes."""
    need(find_spec("sphinx") and find_spec("myst_parser") and find_spec("furo"), "no Sphinx: make venv")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [line] = re.findall(r"^\t\.venv/bin/python (-m sphinx .*)$", makefile, re.MULTILINE)
    folder = tmp_path_factory.mktemp("site")
    argv = [sys.executable, *line.replace(".parts/docs", str(folder)).split(), "-d", f"{folder}.doctrees"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_each_document_is_a_page_and_in_the_sidebar(site: Path) -> None:
    start = (site / "docs/index.html").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        made = page.relative_to(ROOT).with_suffix(".html")
        assert (site / made).is_file()
        here = made.relative_to("docs").as_posix()
        assert here == "index.html" or f'class="reference internal" href="{here}"' in start, here


def test_a_page_asks_no_other_server_for_anything(site: Path) -> None:
    loaded = re.compile(r'<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)="((?:https?:)?//[^"]*)"')
    pages = list(site.rglob("*.html"))
    assert len(pages) > 50
    assert {found for page in pages for found in loaded.findall(page.read_text(encoding="utf-8"))} == set()


def test_it_begins_at_the_start_page(site: Path) -> None:
    [target] = re.findall(r'url=([^"]+)', (site / "index.html").read_text(encoding="utf-8"))
    assert (site / target).is_file()


def test_the_picture_of_the_readme_is_on_the_site(site: Path) -> None:
    [picture] = re.findall(r'<img[^>]*src="([^"]*push[^"]*)"', (site / "README.html").read_text(encoding="utf-8"))
    assert (site / picture).read_bytes() == (DOCS / "pictures/push.svg").read_bytes()
