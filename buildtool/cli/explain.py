"""The command `buildtool explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import codes
from buildtool.cli.options import examples
from buildtool.core.text.suggestions import did_you_mean
from buildtool.errors import EXIT_MEANING, USAGE, BuildtoolError, Exit
from buildtool.errors.catalogue import by_code, kinds

if TYPE_CHECKING:
    from buildtool.cli.output import Output
    from buildtool.cli.wiring import Wiring
    from buildtool.errors.pages import Page


@click.command(epilog=examples("buildtool explain proof-failed", "buildtool explain 15"))
@click.argument("code", required=False, shell_complete=codes)
@click.pass_obj
def explain(wiring: Wiring, code: str | None) -> None:
    """Print what a code means and what to do; without one, list them all.

    CODE is any code that a command prints: of an error, a finding, or an answer of Flux. An exit code lists its errors.
    """
    if code is None:
        wiring.output.table(
            ("CODE", "RESULT", "MEANING"),
            [(code, ", ".join(page.outcome for page in found), found[0].title) for code, found in by_code().items()],
        )
    elif code in {str(one.value) for one in Exit}:
        _exit_code(wiring.output, Exit(int(code)))
    else:
        found = by_code().get(code)
        if found is None:
            meant = did_you_mean(code, by_code())
            raise BuildtoolError(USAGE, f"there is no code {code!r}{meant}", fix="buildtool explain")
        _page(wiring.output, found)


def _exit_code(output: Output, code: Exit) -> None:
    output.data(f"exit code {code.value}: {EXIT_MEANING[code]}")
    mine = [(kind.code, kind.title) for kind in kinds().values() if kind.exit is code]
    if mine:
        output.table(("CODE", "MEANING"), mine)


def _page(output: Output, found: list[Page]) -> None:
    page, outcomes = found[0], ", ".join(one.outcome for one in found)
    output.data(f"{page.code} ({outcomes})")
    for name, text in (("what", page.title), ("means", page.meaning), ("why", page.reason), ("fix", page.fix)):
        output.data(f"  {name:5}  {text}")
