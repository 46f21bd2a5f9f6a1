"""`buildtool init`: write what a repository needs to build, publish and deploy its images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from buildtool.cli.options import examples

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command(
    epilog=examples("buildtool init --dry-run", "buildtool init --yes --registry registry.example:5000 --insecure")
)
@click.option("--yes", is_flag=True, help="Ask nothing: what was found, and the options, are the answers.")
@click.option("--registry", metavar="HOST[/PROJECT]", help="The registry that the images go to.")
@click.option("--insecure", is_flag=True, help="The registry speaks plain HTTP.")
@click.option("--platform", "platforms", multiple=True, metavar="OS/ARCH", help="What new images are built for.")
@click.option("--branch", metavar="NAME", help="The deploy branch; that of origin, or the current one.")
@click.option(
    "--dockerfile", "only", multiple=True, metavar="PATH", help="Take this Dockerfile, from the root, and no other."
)
@click.option("--name", metavar="NAME", help="What the repository is called in names; that of origin, or the folder.")
@click.option("--author", metavar="'NAME <ADDRESS>'", help="The author of Flux's commits.")
@click.option("--action-commit", metavar="COMMIT", help="The commit of this tool for the workflow and the hooks.")
@click.option("--cluster", metavar="PATH", help="Where the cluster begins that gets the Flux objects, of several.")
@click.option("--no-flux", is_flag=True, help="Write no Flux objects and no setters.")
@click.option("--no-workflow", is_flag=True, help="Write no GitHub workflow.")
@click.option("--no-hooks", is_flag=True, help="Write no pre-commit hooks.")
@click.option("--dry-run", is_flag=True, help="Show the diff, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def init(
    wiring: Wiring,
    yes: bool,
    registry: str | None,
    insecure: bool,
    platforms: tuple[str, ...],
    branch: str | None,
    only: tuple[str, ...],
    name: str | None,
    author: str | None,
    action_commit: str | None,
    cluster: str | None,
    no_flux: bool,
    no_workflow: bool,
    no_hooks: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Look at the repository and write what is missing: buildtool.toml, Flux objects, setters, workflow, hooks.

    One diff is shown first. No file is overwritten; one that cannot be changed exactly is left as it is, and what to
    add there is printed. All files are written, or none. Running it again adds only what is missing.
    """
    from buildtool.cli.init_run import Given, run  # noqa: PLC0415 -- not for --help

    given = Given(
        yes=yes or dry_run,
        registry=registry,
        insecure=insecure,
        platforms=platforms,
        branch=branch,
        only=tuple(Path(one).as_posix() for one in only),
        name=name,
        author=author,
        action_commit=action_commit,
        cluster=Path(cluster).as_posix() if cluster is not None else None,
        flux=not no_flux,
        workflow=not no_workflow,
        hooks=not no_hooks,
        dry_run=dry_run,
        as_json=as_json,
    )
    return run(wiring, given)
