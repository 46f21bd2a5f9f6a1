"""`push --wait`: follow what was published until it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from buildtool.core.text import durations
from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.cli.push_report import PushReport
    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.result import PushResult

DEFAULT = "10m"


class Waiting(NamedTuple):
    """How long to wait, in seconds, and the cluster that is asked."""

    seconds: int
    kubeconfig: Path | None


class WaitingCommand(click.Command):
    """`--wait` alone waits ten minutes: what follows it is an image, never its value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        given = [f"--wait={DEFAULT}" if arg == "--wait" else arg for arg in args[:end]]
        return super().parse_args(ctx, given + args[end:])


def as_seconds(_: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """`90s`, `10m`, `1h30m` -> seconds."""
    if value is None:
        return None
    try:
        return durations.seconds(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}, not {value[:40]!r}", param=parameter) from error


def require_followable(wiring: Wiring, options: PushOptions) -> None:
    """Refuse to wait for what will never arrive, before anything is built."""
    from buildtool.usecases.images import chosen_images  # noqa: PLC0415 -- only with --wait

    never = {
        "--no-deploy": not options.deploy,
        "--allow-dirty": options.allow_dirty,
        "--dry-run": options.dry_run,
    }
    for flag, given in never.items():
        if given:
            raise BuildtoolError(USAGE, f"--wait with {flag}: what is not deployed never runs", fix="leave one out")
    without = [image.name for image in chosen_images(wiring.config, options.images) if image.policy is None]
    if without:
        message = f"--wait: {', '.join(without)} has no policy, so nothing says when it is deployed"
        raise BuildtoolError(USAGE, message, fix="set its policy in buildtool.toml, or name the other images")


def wait_for(wiring: Wiring, report: PushReport, result: PushResult, waiting: Waiting) -> None:
    """Follow every image of the push; raises wait-timeout and wait-rolled-back."""
    from buildtool.cli.status_run import looking  # noqa: PLC0415
    from buildtool.usecases.status.follow import wait  # noqa: PLC0415

    report.heading(f"Waiting {waiting.seconds} s at most", folds=False)
    images = [outcome.plan.config for outcome in result.outcomes]
    targets = {outcome.plan.name: outcome.tag for outcome in result.outcomes}
    references = [outcome.plan.repository.at(outcome.tag) for outcome in result.outcomes]
    with looking(wiring, waiting.kubeconfig) as look:
        journeys = wait(lambda: look.at(images, targets), report, wiring.clock, waiting.seconds, references)
    report.arrived(journeys)
