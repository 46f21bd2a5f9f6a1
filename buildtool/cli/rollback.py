"""The command `buildtool rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import image_names
from buildtool.cli.options import examples

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command(
    epilog=examples("buildtool rollback backend --dry-run", "buildtool rollback backend --to main-1a2b3c4-1795410679")
)
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...", shell_complete=image_names)
@click.option("--to", "tag", metavar="TAG", help="The tag to go to; otherwise the newest good one before.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Stop after the plan.")
@click.option("--withdraw", is_flag=True, help="Take newer tags away, where a newer time does not win.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def rollback(
    wiring: Wiring, images: tuple[str, ...], tag: str | None, yes: bool, dry_run: bool, withdraw: bool, as_json: bool
) -> None:
    """Publish the good image again under a newer time, and mark the bad one: Flux goes back, and stays there.

    Nothing is built or deleted. Going forward again is the same command with --to.
    """
    from buildtool.cli.rollback_run import RollbackOptions, run_rollback  # noqa: PLC0415 -- not for --help

    run_rollback(wiring, RollbackOptions(images, tag, yes, dry_run, withdraw, as_json))
