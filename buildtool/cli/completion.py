"""The command `buildtool completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from buildtool.cli.options import COMPLETION, examples

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring

_EXAMPLES = (
    'eval "$(buildtool completion bash)"   # in ~/.bashrc; bash 4.4 or newer',
    'eval "$(buildtool completion zsh)"    # in ~/.zshrc, after compinit',
    "buildtool completion fish > ~/.config/fish/completions/buildtool.fish",
)


@click.command(epilog=examples(*_EXAMPLES))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options, image names and codes.

    The script asks `buildtool` at each TAB: image names are those of the buildtool.toml of the folder you are in.
    """
    from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete  # noqa: PLC0415

    wiring: Wiring = ctx.obj
    kinds = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
    script = kinds[shell](ctx.find_root().command, {}, "buildtool", COMPLETION)
    # bash's own `source` first runs whatever `bash` is on PATH, to see how old it is
    wiring.output.payload(ShellComplete.source(script))
