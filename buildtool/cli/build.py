"""The command `buildtool build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import image_names
from buildtool.cli.options import examples

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command(epilog=examples("buildtool build", "buildtool build backend --load", "buildtool build --output images"))
@click.argument("images", nargs=-1, metavar="[IMAGE]...", shell_complete=image_names)
@click.option("--branch", metavar="NAME", help="The branch, where git and the environment do not say it.")
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Keep the images there: an OCI layout in a folder for each.",
)
@click.option("--load", is_flag=True, help="Load the images into the engine, under the references of a push.")
@click.option("--allow-outside", is_flag=True, help="In CI, too, read and write files outside of the repository.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.option("--progress", type=click.Choice(["auto", "plain", "quiet", "json"]), default="auto", show_default=True)
@click.pass_obj
def build(
    wiring: Wiring,
    images: tuple[str, ...],
    branch: str | None,
    output: Path | None,
    load: bool,
    allow_outside: bool,
    as_json: bool,
    progress: str,
) -> None:
    """Build and prove images (all, or those named) as push does, without a registry: for pull requests and laptops.

    Nothing is pushed and no login is used. Uncommitted files are built too. Without --output and --load nothing is
    kept: the images are what was to be built, or the exit code says why not.
    """
    wiring.read_ahead()
    from buildtool.cli.build_report import BuildReport  # noqa: PLC0415 -- not for --help
    from buildtool.cli.build_run import run_and_report  # noqa: PLC0415
    from buildtool.usecases.build.options import BuildOptions  # noqa: PLC0415

    options = BuildOptions(images=images, branch=branch, load=load, allow_outside=allow_outside)
    folder = wiring.directory / output if output is not None else None
    run_and_report(wiring, options, BuildReport(wiring.output, progress), folder, as_json=as_json)
