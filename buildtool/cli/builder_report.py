"""What `buildtool builder` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildtool.core.build.placement import How, how_runs
from buildtool.errors import Exit
from buildtool.usecases.builder.down import MESSAGES as DOWN_MESSAGES
from buildtool.usecases.builder.show import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.cli.output import Output
    from buildtool.core.build.builder_view import NodeView
    from buildtool.usecases.builder.down import Down
    from buildtool.usecases.builder.show import ShownBuilder


def report(output: Output, shown: ShownBuilder, *, as_json: bool) -> int:
    """The builder as a table of facts, or one JSON document; the exit code."""
    if as_json:
        output.document(shown.document(), messages=MESSAGES)
    else:
        for line in lines(shown):
            output.data(line)
    return Exit.OK if shown.fits else Exit.NO


def lines(shown: ShownBuilder) -> Iterator[str]:
    """One fact a line, each difference with its fix."""
    driver = shown.view.driver if shown.view is not None else shown.choice.driver
    yield f"builder   {shown.name} ({shown.choice.source})"
    yield f"driver    {driver}"
    yield f"status    {shown.status}"
    for node in shown.view.nodes if shown.view is not None else ():
        yield f"node      {node.name} at {node.endpoint}: {node.error or node.status or 'unknown'}"
        for label, how in (("native", How.NATIVE), ("emulated", How.EMULATED), ("other", None)):
            platforms = _platforms(node, how)
            if platforms:
                yield f"{'':<9} {label:<8} {platforms}"
    for name in shown.old:
        yield f"old       {name}: of earlier settings (buildtool builder down removes it)"
    yield f"fits      {'yes' if shown.fits else 'no'}"
    for one in shown.differences:
        yield f"differs   {one.message}"
        yield f"{'':<9} fix: {one.fix}"


def report_down(output: Output, done: Down, *, as_json: bool) -> None:
    """A line for each builder, or one JSON document."""
    if as_json:
        output.document(done.document(), messages=DOWN_MESSAGES)
        return
    for one in done.builders:
        output.data(f"{one.name}: removed" if one.removed else f"{one.name}: left: {one.why} (fix: {one.fix})")
    if done.note:
        output.say(done.note)


def _platforms(node: NodeView, how: How | None) -> str:
    return ", ".join(str(platform) for platform in node.listed if how_runs(node, platform) is how)
