"""The lines at the bottom of a terminal that show what goes on; drawn by rich, which only a terminal pays for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_A_SECOND = 5  # times drawn


class LiveRegion:
    """From `start` to `stop` draws what `lines` returns, cut to the terminal's width; `write` puts text above it.

    `lines` is given the number of columns and returns printable text. It is called from a thread of its own.
    """

    def __init__(self, lines: Callable[[int], Sequence[str]], *, color: bool) -> None:
        self._lines = lines
        # The size is the terminal's own: COLUMNS may be that of another, and lines that wrap cannot be replaced.
        environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        self._console = Console(
            file=sys.stderr,
            force_terminal=True,
            no_color=not color,
            highlight=False,
            emoji=False,
            markup=False,
            _environ=environment,
        )
        self._live = Live(
            console=self._console,
            get_renderable=self._draw,
            refresh_per_second=_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def start(self) -> None:
        self._live.start(refresh=True)

    def write(self, text: str) -> None:
        """Text that is printable, with our own colors, on lines of its own above the region."""
        self._console.print(Text.from_ansi(text), soft_wrap=True)

    def stop(self) -> None:
        """Take the region away, and show the cursor again."""
        self._live.stop()

    def _draw(self) -> Group:
        width = max(1, self._console.width - 1)
        return Group(*[Text(_cut(line, width), no_wrap=True) for line in self._lines(width)])


def _cut(line: str, width: int) -> str:
    return line if cell_len(line) <= width else set_cell_size(line, width - 1) + "…"


def columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Texts in columns of these widths, in terminal cells; what is too wide is cut. The last has all of its width."""
    shown = [_cut(cell, width) for cell, width in zip(cells, widths, strict=True)]
    padded = [set_cell_size(cell, width) for cell, width in zip(shown, widths, strict=True)]
    return " ".join(padded).rstrip()
