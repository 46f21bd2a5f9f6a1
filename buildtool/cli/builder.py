"""The command `buildtool builder`: up, show, down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from buildtool.cli.options import examples
from buildtool.errors import Exit

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.group(epilog=examples("buildtool builder up", "buildtool builder show", "buildtool builder down"))
def builder() -> None:
    """Make, show or remove the buildx builder that [builder] in buildtool.toml describes.

    Its name is the hash of its settings: driver, nodes, and how BuildKit reads registries. Other settings make another
    builder, and runs with other settings keep theirs.
    """


@builder.command(epilog=examples("buildtool builder up", "buildtool builder up --json"))
@click.option("--json", "as_json", is_flag=True, help="Print the builder as one JSON document.")
@click.pass_obj
def up(wiring: Wiring, *, as_json: bool) -> int:
    """Make the builder where it is missing, start it, and show its nodes with what each runs natively or emulated.

    push and build do the same by themselves; this is for the first time, which pulls BuildKit. Running it again changes
    nothing. A builder that builder.name or BUILDX_BUILDER names is only started.

    Exit code 3 where the builder is not what buildtool.toml says.
    """
    from buildtool.cli.builder_report import report  # noqa: PLC0415 -- not for --help

    parts = wiring.builder_parts
    return report(wiring.output, parts.looking.up(parts.making), as_json=as_json)


@builder.command(epilog=examples("buildtool builder show", "buildtool builder show --json"))
@click.option("--json", "as_json", is_flag=True, help="Print the builder as one JSON document.")
@click.pass_obj
def show(wiring: Wiring, *, as_json: bool) -> int:
    """Show the builder that push and build use: driver, nodes, status, platforms, and whether it fits.

    Nothing is made or started. Each difference from buildtool.toml is one line with what to do about it.

    Exit code 3 where it does not fit, or is not there.
    """
    from buildtool.cli.builder_report import report  # noqa: PLC0415 -- not for --help

    return report(wiring.output, wiring.builder_parts.looking.show(), as_json=as_json)


@builder.command(epilog=examples("buildtool builder down", "buildtool builder down --json"))
@click.option("--json", "as_json", is_flag=True, help="Print what became of each builder as one JSON document.")
@click.pass_obj
def down(wiring: Wiring, *, as_json: bool) -> int:
    """Remove the builder, and those that buildtool made for earlier settings of this repository.

    One that a push or build uses stays, and so does one of which that cannot be known. A builder that was not made by
    buildtool is never removed.

    Exit code 3 where one had to stay.
    """
    from buildtool.cli.builder_report import report_down  # noqa: PLC0415 -- not for --help
    from buildtool.usecases.builder import down as usecase  # noqa: PLC0415

    parts = wiring.builder_parts
    done = usecase.down(parts.choice, parts.builders, parts.use, parts.owner)
    report_down(wiring.output, done, as_json=as_json)
    return Exit.OK if done.complete else Exit.NO
