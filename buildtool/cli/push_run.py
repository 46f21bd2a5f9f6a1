"""Runs a push and writes its result to stdout, the metadata file and the CI run; errors say what is published."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING, Any

from buildtool.adapters import ci_summary
from buildtool.adapters.document_file import DocumentFile
from buildtool.cli.after_publishing import told_after_publishing
from buildtool.cli.fix_values import with_real_values
from buildtool.cli.push_wait import require_followable, wait_for
from buildtool.cli.push_wiring import run_push
from buildtool.cli.step_summary import failure, markdown, outputs
from buildtool.errors import BuildtoolError
from buildtool.usecases.push.result import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from buildtool.cli.push_report import PushReport
    from buildtool.cli.push_wait import Waiting
    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.result import PushResult
    from buildtool.usecases.push.transaction import Write

_AGAIN = "running the same command again finds the images unchanged"


def run_and_report(
    wiring: Wiring,
    options: PushOptions,
    report: PushReport,
    *,
    as_json: bool,
    metadata_file: Path | None,
    waiting: Waiting | None = None,
) -> None:
    """Push; the result goes to stdout (a table, or one JSON document), the metadata file, and the runner's files.

    The files are opened before the build. What fails after publishing ends as after-publishing, naming the tags; one
    place that cannot be written keeps the result from no other. Only an image that does not come to run while it is
    waited for ends as wait-timeout or wait-rolled-back.
    """
    if waiting is not None:
        require_followable(wiring, options)
    published: list[Write] = []
    try:
        with told_after_publishing(wiring.output, lambda: [one.reference for one in published], again=_AGAIN):
            ci_summary.require_writable(wiring.environment)
            with (
                DocumentFile(metadata_file) if metadata_file is not None else nullcontext() as file,
                ExitStack() as ending,
            ):
                result = run_push(wiring, options, report, published, ending)
                document = wiring.output.secrets.clean_fields(result.document(), MESSAGES)
                _write_all(
                    lambda: file.write(document) if file is not None else None,
                    lambda: _tell_runner(wiring, document),
                    lambda: _print(wiring, report, result, as_json=as_json),
                )
        if waiting is not None:
            wait_for(wiring, report, result, waiting)
    except BuildtoolError as error:
        with_real_values(error, wiring, "push")
        summarise_failure(wiring, error)
        raise
    finally:
        wiring.output.end_region()  # before click writes a line of its own, as it does for ^C


def _write_all(*writers: Callable[[], None]) -> None:
    """Try each; raises the first failure at the end."""
    failures: list[BuildtoolError | OSError] = []
    for write in writers:
        try:
            write()
        except (BuildtoolError, OSError) as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _tell_runner(wiring: Wiring, document: Mapping[str, Any]) -> None:
    ci_summary.append(wiring.environment, wiring.output.secrets.clean(markdown(document)), outputs(document))


def _print(wiring: Wiring, report: PushReport, result: PushResult, *, as_json: bool) -> None:
    if as_json:
        wiring.output.document(result.document(), messages=MESSAGES)
    else:
        report.result(result)


def summarise_failure(wiring: Wiring, error: BuildtoolError) -> None:
    """Write what failed to the summary of the CI run; where that cannot be written, a warning says so."""
    try:
        ci_summary.append(wiring.environment, wiring.output.secrets.clean(failure(error)), {})
    except BuildtoolError as unwritten:  # the failure itself is what has to be told
        wiring.output.warn(f"{unwritten.place}: {unwritten.message}")
