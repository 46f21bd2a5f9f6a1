"""The command `buildtool push`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import image_names
from buildtool.cli.options import examples
from buildtool.cli.push_wait import Waiting, WaitingCommand, as_seconds

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command(
    cls=WaitingCommand,
    epilog=examples("buildtool push --dry-run", "buildtool push backend --force", "buildtool push --wait=5m"),
)
@click.argument("images", nargs=-1, metavar="[IMAGE]...", shell_complete=image_names)
@click.option("--branch", metavar="NAME", help="The branch, where git and the environment do not say it.")
@click.option("--release", is_flag=True, help="Release the version that HEAD's git tag names, on a branch too.")
@click.option("--dry-run", is_flag=True, help="Stop after the plan.")
@click.option("--force", is_flag=True, help="Build images whose inputs are unchanged, too.")
@click.option("--no-deploy", is_flag=True, help="Publish a tag that no policy takes.")
@click.option("--allow-dirty", is_flag=True, help="Build uncommitted files, under a tag that Flux never deploys.")
@click.option("--allow-older", is_flag=True, help="Publish an older commit, or a lower version, than is published.")
@click.option("--allow-rolled-back", is_flag=True, help="Publish a commit that was rolled back.")
@click.option("--allow-outside", is_flag=True, help="In CI, too, read and write files outside of the repository.")
@click.option("--create-project", is_flag=True, help="Make a Harbor project that is missing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.option("--metadata-file", type=click.Path(dir_okay=False, path_type=Path), help="Write that document to a file.")
@click.option(
    "--wait",
    "seconds",
    callback=as_seconds,
    metavar="[=TIMEOUT]",
    help="Follow the images until they run: 10m at most, or --wait=TIMEOUT.",
)
@click.option(
    "--kubeconfig",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The cluster that --wait asks; otherwise KUBECONFIG, or the cluster this runs in.",
)
@click.option("--progress", type=click.Choice(["auto", "plain", "quiet", "json"]), default="auto", show_default=True)
@click.pass_obj
def push(
    wiring: Wiring,
    images: tuple[str, ...],
    branch: str | None,
    release: bool,
    dry_run: bool,
    force: bool,
    no_deploy: bool,
    allow_dirty: bool,
    allow_older: bool,
    allow_rolled_back: bool,
    allow_outside: bool,
    create_project: bool,
    as_json: bool,
    metadata_file: Path | None,
    seconds: int | None,
    kubeconfig: Path | None,
    progress: str,
) -> None:
    """Build, push, prove and publish images (all, or those named), and show what Flux will do.

    Nothing is published unless every image of the run was read back from the registry and is what was asked for.
    """
    wiring.read_ahead()
    from buildtool.cli.push_report import PushReport  # noqa: PLC0415 -- not for --help
    from buildtool.cli.push_run import run_and_report  # noqa: PLC0415
    from buildtool.usecases.push.options import PushOptions  # noqa: PLC0415

    options = PushOptions(
        images=images,
        branch=branch,
        release=release,
        allow_dirty=allow_dirty,
        allow_older=allow_older,
        allow_rolled_back=allow_rolled_back,
        allow_outside=allow_outside,
        create_project=create_project,
        deploy=not no_deploy,
        force=force,
        dry_run=dry_run,
    )
    file = wiring.directory / metadata_file if metadata_file is not None else None
    waiting = Waiting(seconds, kubeconfig) if seconds is not None else None
    report = PushReport(wiring.output, progress)
    run_and_report(wiring, options, report, as_json=as_json, metadata_file=file, waiting=waiting)
