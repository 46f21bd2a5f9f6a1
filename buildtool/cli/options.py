"""The global options, which may stand before or after the name of the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

COLORS = {"auto": None, "always": True, "never": False}
COMPLETION = "_BUILDTOOL_COMPLETE"  # click reads it: bash_complete, zsh_complete, fish_complete
_TYPED = "buildtool.typed"


def global_options(*, hidden: bool = False, **settings: Any) -> list[click.Option]:
    """Fresh options, for the top command or hidden for one below it."""
    made: list[tuple[list[str], dict[str, Any]]] = [
        (
            ["-C", "--directory"],
            {
                "type": click.Path(exists=True, file_okay=False, path_type=Path),
                "help": "Run as if started in this directory.",
            },
        ),
        (["--config"], {"type": click.Path(dir_okay=False, path_type=Path), "help": "The configuration file."}),
        (["-v", "--verbose"], {"count": True, "help": "Say more."}),
        (["--color"], {"type": click.Choice(list(COLORS)), "help": "Whether to use color; NO_COLOR counts too."}),
    ]
    return [click.Option(names, hidden=hidden, **options, **settings) for names, options in made]


def accept_everywhere(command: click.Command) -> click.Command:
    """Let a command, and those below it, take the global options too; what they say replaces what stood before."""
    if any(isinstance(option, click.Option) and "--directory" in option.opts for option in command.params):
        return command
    command.params += global_options(hidden=True, expose_value=False, callback=_apply)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            accept_everywhere(below)
    return command


def typed_before(ctx: click.Context, name: str) -> Path | None:
    """The value of -C (`directory`) or --config (`config`) on a line that TAB completes, wherever it stands."""
    after: Path | None = ctx.meta.get(f"{_TYPED}.{name}")
    return after or ctx.find_root().params.get(name)


def examples(*lines: str) -> str:
    """The end of a command's help: lines to type, as they are."""
    return "\n".join(["\b", "Examples:" if len(lines) > 1 else "Example:", *(f"  {line}" for line in lines)])


def _apply(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
    if ctx.resilient_parsing:  # TAB: nothing runs, and there is no wiring
        ctx.meta[f"{_TYPED}.{option.name}"] = value
        return value
    wiring = ctx.obj
    apply: dict[str | None, Callable[[Any], None]] = {
        "directory": wiring.run_in,
        "config": wiring.use_config,
        "verbose": wiring.output.be_verbose,
        "color": lambda name: wiring.output.use_color(COLORS[name]),
    }
    if value:
        apply[option.name](value)
    return value
