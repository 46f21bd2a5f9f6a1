"""Sphinx: the documents as a site, `make docs`. They stay plain Markdown, as GitHub shows them.

The sources begin at the root of the repository, so that links to the README and other files work as on GitHub.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "buildtool"
release = __version__
root_doc = "docs/index"
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**"]
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"buildtool {release}"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
smartquotes = False  # `--wait` is no dash

# The sidebar: Sphinx wants it in a page, where GitHub would show it as text.
_SIDEBAR = """

```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""
_HEADING = re.compile(r"^## (?P<heading>[^:\n]+).*$", re.MULTILINE)
_PAGE = re.compile(r"\]\((?P<page>[\w/-]+)\.md\)")
_PROJECT = {"Project": ["/README", "/CONTRIBUTING", "/CHANGELOG"]}
_RULES = "\n\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def _sections(index: str) -> dict[str, list[str]]:
    """The pages that the start page links, by its headings."""
    _, *parts = _HEADING.split(index)
    return {heading: _PAGE.findall(text) for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def _add_sidebar(_: Sphinx, name: str, source: list[str]) -> None:
    if name == root_doc:
        sections = _sections(source[0]) | _PROJECT
        source[0] += "".join(
            _SIDEBAR.format(caption=caption, pages="\n".join(pages)) for caption, pages in sections.items()
        )
    elif name == "docs/rules/README":
        source[0] += _RULES


def _begin_at_the_root(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "html":
        to_start = f'<meta http-equiv="refresh" content="0; url={root_doc}.html">'
        text = f"<!doctype html>{to_start}<title>{html_title}</title>\n"
        (Path(app.outdir) / "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("source-read", _add_sidebar)
    app.connect("build-finished", _begin_at_the_root)
