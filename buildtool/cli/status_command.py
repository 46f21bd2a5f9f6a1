"""The command `buildtool status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import image_names
from buildtool.cli.options import examples

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command(epilog=examples("buildtool status", "buildtool status backend --watch"))
@click.argument("images", nargs=-1, metavar="[IMAGE]...", shell_complete=image_names)
@click.option("--watch", is_flag=True, help="Look again every few seconds, until all images have arrived.")
@click.option(
    "--kubeconfig",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The cluster to ask; otherwise KUBECONFIG, or the cluster this runs in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (with --watch one a line).")
@click.pass_obj
def status(wiring: Wiring, images: tuple[str, ...], watch: bool, kubeconfig: Path | None, as_json: bool) -> None:
    """Show how far each image is: commit, published, selected, committed, applied, running; and why no further.

    Reads only. What was not looked at is said to be unknown.
    """
    from buildtool.cli.status_run import run_status  # noqa: PLC0415 -- not for --help

    run_status(wiring, images, kubeconfig, watch=watch, as_json=as_json)
