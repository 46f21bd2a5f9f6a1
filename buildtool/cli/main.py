"""The `buildtool` command: global options, commands imported when used, and the exit code of every failure."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from buildtool import __version__
from buildtool.adapters.signals import ignore_all, interrupt_at_all
from buildtool.cli.options import COLORS, COMPLETION, accept_everywhere, global_options
from buildtool.cli.output import Output
from buildtool.cli.streams import open_what_is_closed
from buildtool.core.text.secrets import Secrets
from buildtool.errors import INTERRUPTED, USAGE, BuildtoolError, Exit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# name -> (module, attribute, help): the help stands here so that --help imports no command
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("buildtool.cli.init", "init", "Write what a repository needs: buildtool.toml, Flux objects, setters, CI."),
    "tag": ("buildtool.cli.tag", "tag", "Print the tag this checkout would get now."),
    "push": ("buildtool.cli.push", "push", "Build, push, prove and publish images; show what Flux will do."),
    "build": ("buildtool.cli.build", "build", "Build and prove images without a registry: pull requests, laptops."),
    "rollback": ("buildtool.cli.rollback", "rollback", "Go back to an older image, so that Flux stays there."),
    "rollback-handler": (
        "buildtool.cli.handler.service_command",
        "rollback_handler",
        "Serve Flux's alerts: roll back what does not get healthy.",
    ),
    "status": (
        "buildtool.cli.status_command",
        "status",
        "Show how far each image is on its way, and why no further.",
    ),
    "verify": ("buildtool.cli.verify", "verify", "Prove what is in the registry, and that Flux selects it."),
    "check": ("buildtool.cli.check", "check", "Lint the committed manifests, workflow and tags."),
    "policy": ("buildtool.cli.policy", "policy", "Say what Flux selects from tags, and why."),
    "setters": ("buildtool.cli.setters", "setters", "Show what Flux would write at setter markers."),
    "doctor": ("buildtool.cli.doctor", "doctor", "Look at every prerequisite; say what is wrong and how to mend it."),
    "builder": ("buildtool.cli.builder", "builder", "Make, show or remove the builder that [builder] describes."),
    "explain": ("buildtool.cli.explain", "explain", "Say what an error code means and what to do."),
    "completion": ("buildtool.cli.completion", "completion", "Print what lets bash, zsh or fish complete a line."),
}

# The headings of --help, in the order in which a person needs them.
GROUPS: dict[str, tuple[str, ...]] = {
    "Every day": ("push", "build", "status", "tag", "verify", "rollback"),
    "Flux": ("check", "policy", "setters", "rollback-handler"),
    "Setup and help": ("init", "doctor", "builder", "explain", "completion"),
}
_NEXT = """\b
What to type next:
  buildtool init              in a repository without buildtool.toml
  buildtool check             look at Flux manifests, in any repository
  buildtool push --dry-run    the plan of a push, and what Flux would do
  buildtool COMMAND --help    options and examples of a command
  buildtool explain CODE      the page of a code that a command printed"""

_HELP = frozenset({"-h", "--help", "--version"})
_ARGUMENTS = "buildtool.arguments"


class LazyGroup(click.Group):
    """Imports a command's module only when that command runs, to start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return accept_everywhere(command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; its failure is given real values and told to a runner before it is told to a person."""
        try:
            return super().invoke(ctx)
        except BuildtoolError as error:
            _complete(error, ctx)
            raise
        except BrokenPipeError as error:
            if _HELP.isdisjoint(ctx.meta[_ARGUMENTS]):
                raise RuntimeError("a program or server closed its pipe, and nobody expected it") from error
            raise

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed: click ends a run in silence at every closed pipe, which is right for help alone."""
        ctx.meta[_ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        width = max(map(len, COMMANDS))
        for heading, names in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), COMMANDS[name][2]) for name in names])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """Names from the table: click's own way imports every command at each TAB."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 -- only for TAB

        names = [name for group in GROUPS.values() for name in group if name.startswith(incomplete)]
        found = [CompletionItem(name, help=COMMANDS[name][2]) for name in names]
        return found + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=LazyGroup,
    params=global_options(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=_NEXT,
)
@click.version_option(__version__, prog_name="buildtool")
@click.pass_context
def cli(ctx: click.Context, directory: Path | None, config: Path | None, verbose: int, color: str | None) -> None:
    """Build, prove and publish images under tags that Flux can sort."""
    from buildtool.cli.wiring import Wiring  # noqa: PLC0415 -- not for --help

    output: Output = ctx.obj
    output.be_verbose(verbose)
    output.use_color(COLORS[color] if color else None)
    ctx.obj = Wiring(directory or Path(), config, output, _environment())


def _complete(error: BuildtoolError, ctx: click.Context) -> None:
    from buildtool.cli.ci_annotations import annotate_error  # noqa: PLC0415 -- only for a failure
    from buildtool.cli.fix_values import with_real_values  # noqa: PLC0415
    from buildtool.cli.wiring import Wiring  # noqa: PLC0415

    if isinstance(ctx.obj, Wiring):
        with_real_values(error, ctx.obj, ctx.invoked_subcommand)
        annotate_error(ctx.obj, ctx.invoked_subcommand, error)


def _environment() -> dict[str, str]:
    """The environment as it was given. What is ours alone leaves the process.

    A program that a library starts is given the rest: GitPython runs `git version` when it is imported.
    """
    given = dict(os.environ)
    for name in given:
        if name.startswith("BUILDTOOL_"):
            del os.environ[name]
    return given


def main(argv: list[str] | None = None) -> NoReturn:
    """Run, and end with one of the documented exit codes; a traceback is never shown, a bug leaves a report."""
    open_what_is_closed()
    secrets = Secrets()
    secrets.learn(os.environ)
    output, stdout = Output(secrets), sys.stdout
    interrupt_at_all()
    try:
        result = cli.main(args=argv, prog_name="buildtool", standalone_mode=False, obj=output)
    except BuildtoolError as error:
        ignore_all()
        output.error(error)
        sys.exit(error.kind.exit)
    except click.exceptions.NoArgsIsHelpError as error:
        output.say(error.format_message())
        sys.exit(Exit.USAGE)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "buildtool"
        output.error(BuildtoolError(USAGE, error.format_message(), fix=f"{path} --help"))
        sys.exit(Exit.USAGE)
    except (KeyboardInterrupt, click.exceptions.Abort):
        ignore_all()
        output.error(BuildtoolError(INTERRUPTED, "interrupted"))
        sys.exit(Exit.INTERRUPTED)
    except SystemExit:
        if sys.stdout is stdout:
            raise
        output.give_up()  # click has put another stdout there: the reader of its help went away
        sys.exit(Exit.OK)
    except Exception as error:  # noqa: BLE001 -- whatever comes here is our bug, or the machine's fault
        if COMPLETION in os.environ:
            sys.exit(Exit.USAGE)  # at TAB a word would stand in the middle of the line that is being typed
        _unforeseen(output, error)
    sys.exit(result if isinstance(result, int) else Exit.OK)


def _unforeseen(output: Output, error: Exception) -> NoReturn:
    output.end_region()
    from buildtool.cli.bug import report  # noqa: PLC0415
    from buildtool.cli.environment_faults import environment_fault  # noqa: PLC0415

    if isinstance(error.__cause__, KeyboardInterrupt):  # Python wraps one that comes while a class is made
        output.error(BuildtoolError(INTERRUPTED, "interrupted"))
        sys.exit(Exit.INTERRUPTED)
    fault = environment_fault(error)
    if fault is None:
        output.say(report(error))
        sys.exit(Exit.BUG)
    output.error(fault)
    output.give_up()
    sys.exit(fault.kind.exit)
