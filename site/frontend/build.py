"""Builds the static site: pages around one layout, assets under names that carry their content's hash.

    build.py pages SOURCE OUTPUT   pages and assets; everything also compressed, for nginx's gzip_static
    build.py stamp OUTPUT          version.json, from the environment (VERSION, REVISION)

Two steps, so that a new version alone does not build the pages again. Standard library only.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import os
import re
import sys
from pathlib import Path
from string import Template

_COMPRESSED = {".html", ".css", ".js", ".svg", ".json", ".txt"}
_TITLE = re.compile(r"\A<!--\s*title:\s*(.+?)\s*-->\n")


def build_pages(source: Path, output: Path) -> None:
    """Every file of SOURCE/pages inside SOURCE/layout.html; every file of SOURCE/assets below OUTPUT/assets."""
    names = copy_assets(source / "assets", output / "assets")
    layout = Template((source / "layout.html").read_text(encoding="utf-8"))
    for page in sorted((source / "pages").glob("*.html")):
        title, body = split_title(page)
        text = layout.substitute(title=html.escape(title), body=body, **names)
        write(output / page.name, text.encode())


def copy_assets(source: Path, output: Path) -> dict[str, str]:
    """The names for templates: `site.css` becomes `asset_site_css`, with the value `/assets/site.1a2b3c4d.css`."""
    names = {}
    for path in sorted(source.iterdir()):
        content = path.read_bytes()
        hashed = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:8]}{path.suffix}"
        write(output / hashed, content)
        names[f"asset_{re.sub('[^a-z0-9]', '_', path.name.lower())}"] = f"/assets/{hashed}"
    return names


def split_title(page: Path) -> tuple[str, str]:
    """A page begins with `<!-- title: … -->`."""
    text = page.read_text(encoding="utf-8")
    match = _TITLE.match(text)
    if match is None:
        raise SystemExit(f"{page}: the first line must be <!-- title: … -->")
    return match[1], text[match.end() :]


def stamp(output: Path) -> None:
    """Say what this build is: the page's footer and the deployment's checks read it."""
    version = {"version": os.environ.get("VERSION", "dev"), "revision": os.environ.get("REVISION", "unknown")}
    write(output / "version.json", (json.dumps(version) + "\n").encode())


def write(path: Path, content: bytes) -> None:
    """The file, and beside it the compressed one; no times inside, so that the same source gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if path.suffix in _COMPRESSED:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, mtime=0))


def main(arguments: list[str]) -> None:
    match arguments:
        case ["pages", source, output]:
            build_pages(Path(source), Path(output))
        case ["stamp", output]:
            stamp(Path(output))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
