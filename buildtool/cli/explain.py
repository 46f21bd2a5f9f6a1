from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from buildtool.errors import EXIT_MEANING, USAGE, BuildtoolError, Exit, catalogue

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command()
@click.argument("code", required=False)
@click.pass_obj
def explain(wiring: Wiring, code: str | None) -> None:
    """Print what an error code means and what to do; without one, list them all."""
    kinds = catalogue()
    if code is None:
        rows = [(kind.code, str(kind.exit.value), kind.title) for kind in kinds.values()]
        wiring.output.table(("CODE", "EXIT", "MEANING"), rows)
        return
    if code.isdigit() and int(code) in {exit_code.value for exit_code in Exit}:
        wiring.output.data(f"exit code {code}: {EXIT_MEANING[Exit(int(code))]}")
        mine = [(kind.code, kind.title) for kind in kinds.values() if kind.exit == int(code)]
        if mine:
            wiring.output.table(("CODE", "MEANING"), mine)
        return
    if code not in kinds:
        close = difflib.get_close_matches(code, kinds, 1)
        meant = f"; did you mean {close[0]}?" if close else ""
        raise BuildtoolError(USAGE, f"there is no error code {code!r}{meant}", fix="buildtool explain")
    kind = kinds[code]
    wiring.output.data(f"{kind.code} (exit code {kind.exit.value}: {EXIT_MEANING[kind.exit]})")
    wiring.output.data(f"  what  {kind.title}")
    wiring.output.data(f"  why   {kind.cause}")
    wiring.output.data(f"  fix   {kind.fix}")
