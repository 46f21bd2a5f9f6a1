"""The command `buildtool rollback-handler`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from buildtool.cli.options import examples

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog=examples("buildtool rollback-handler --remote https://git.example/site --key-file key"))
@click.option("--remote", required=True, metavar="URL", help="The git remote: https, ssh, or an absolute path.")
@click.option("--branch", metavar="NAME", help="The deploy branch; otherwise the remote's default one.")
@click.option("--key-file", required=True, type=_FILE, help="The key that Flux signs alerts with.")
@click.option("--known-hosts", type=_FILE, help="For ssh: the pinned host key, as in known_hosts.")
@click.option("--ssh-key", type=_FILE, help="For ssh: the key that may read the repository.")
@click.option("--git-credentials", type=_FILE, help="For https: two lines, username=... and password=...")
@click.option("--kubeconfig", type=_FILE, help="The cluster to ask; otherwise KUBECONFIG, or the one this runs in.")
@click.option("--host", default="0.0.0.0", show_default=True, help="The address to listen on.")  # noqa: S104 -- a pod
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the clone, which may be lost at any time; otherwise the user's cache.",
)
@click.option("--dry-run", is_flag=True, help="Decide, log and show, but write nothing.")
@click.pass_obj
def rollback_handler(wiring: Wiring, /, **options: Any) -> None:
    """Serve Flux's alerts: roll back what does not get healthy (docs/handler.md).

    buildtool.toml is read from the newest commit of the branch; its table [handler] says what may be rolled back.
    """
    from buildtool.cli.handler.serve import HandlerOptions, run_handler  # noqa: PLC0415 -- not for --help

    run_handler(wiring, HandlerOptions(**options))
