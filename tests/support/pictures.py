"""Writes the pictures of the README: `python -m tests.support.pictures`, from the project's root.

Each shows a real run: a push of two images to a registry on loopback, in a terminal (tmux), whose cells become an SVG.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.support import guard, parts
from tests.support.parts import Registries
from tests.support.shop import Shop
from tests.support.tmux import Tmux

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PUSH = Path(__file__).parents[2] / "docs" / "pictures" / "push.svg"
_WIDTH, _HEIGHT = 116, 50
_NORMAL = "3c4048 f07178 98c379 e5c07b 61afef c678dd 56b6c2 dcdfe4"
_BRIGHT = "787c84 f07178 98c379 e5c07b 61afef c678dd 56b6c2 ffffff"


def _colors(text: str) -> list[tuple[int, int, int]]:
    return [(one[0], one[1], one[2]) for one in map(bytes.fromhex, text.split())]


_THEME = TerminalTheme((30, 33, 39), (220, 223, 228), _colors(_NORMAL), _colors(_BRIGHT))
# rich's own frame loads a font from a public server; a picture needs none.
_FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="a terminal">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: arial; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def svg(lines: Sequence[str], title: str, width: int) -> str:
    """The picture of a terminal of so many columns that shows these lines, which may hold colors (SGR)."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=False, no_wrap=False)
    made = console.export_svg(title=title, theme=_THEME, code_format=_FRAME, unique_id="terminal")
    return "\n".join(line.rstrip() for line in made.splitlines()) + "\n"


def words(picture: str) -> str:
    """The text that a picture shows, one line a line of the terminal."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in re.findall(r'<text class="terminal-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', picture):
        plain = text.replace("&#160;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
        rows.setdefault(float(y), []).append((float(x), plain.replace("&#x27;", "'").replace("&amp;", "&")))
    return "\n".join("".join(text for _, text in sorted(row)).rstrip() for _, row in sorted(rows.items()))


def push(folder: Path, registry: str, contexts: Mapping[str, str]) -> str:
    """What a person sees of `buildtool push` in a repository with two images, their policies and one setter."""
    shop = Shop(folder, registry, contexts, tiny=True)
    with Tmux(_WIDTH, _HEIGHT, shop.folder, "push") as terminal:
        terminal.end()
        lines = terminal.colored()
    [end] = [number for number, line in enumerate(lines) if line.startswith("ended with ")]
    assert lines[end].startswith("ended with 0"), lines
    return svg(["$ buildtool push", *lines[:end]], "buildtool push", _WIDTH)


def _make() -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        guard.isolate(patch, folder / "home")
        registries = Registries(folder / "registries")
        try:
            contexts = parts.base_contexts(registries)
            PUSH.parent.mkdir(exist_ok=True)
            PUSH.write_text(push(folder / "shop", registries().address, contexts), encoding="utf-8")
        finally:
            registries.stop()


if __name__ == "__main__":
    _make()
