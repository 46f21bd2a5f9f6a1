"""Runs a push and writes its result everywhere it is wanted; knows at every moment whether anything is published."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from typing import TYPE_CHECKING

from buildtool.adapters import ci_summary
from buildtool.adapters.document_file import DocumentFile
from buildtool.cli.push_wait import require_followable, wait_for
from buildtool.cli.push_wiring import run_push
from buildtool.cli.step_summary import failure, markdown, outputs
from buildtool.errors import AFTER_PUBLISHING, WAIT_ROLLED_BACK, WAIT_TIMEOUT, BuildtoolError
from buildtool.usecases.push.result import MESSAGES

if TYPE_CHECKING:
    from pathlib import Path

    from buildtool.cli.push_report import PushReport
    from buildtool.cli.push_wait import Waiting
    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.push.options import PushOptions
    from buildtool.usecases.push.result import PushResult
    from buildtool.usecases.push.transaction import Write


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

    The files are opened before the build. What fails after publishing ends as after-publishing, naming the tags; only
    an image that does not come to run while it is waited for ends as wait-timeout or wait-rolled-back.
    """
    if waiting is not None:
        require_followable(wiring, options)
    ci_summary.require_writable(wiring.environment)
    published: list[Write] = []
    try:
        with (
            DocumentFile(metadata_file) if metadata_file is not None else nullcontext() as file,
            ExitStack() as ending,
        ):
            result = run_push(wiring, options, report, published, ending)
            if file is not None:
                file.write(wiring.output.secrets.clean_fields(result.document(), MESSAGES))
            _tell_runner(wiring, result)
            _print(wiring, report, result, as_json=as_json)
        if waiting is not None:
            wait_for(wiring, report, result, waiting)
    except (BuildtoolError, KeyboardInterrupt, OSError) as error:
        _fail(wiring, error, published)


def _tell_runner(wiring: Wiring, result: PushResult) -> None:
    document = result.document()
    ci_summary.append(wiring.environment, wiring.output.secrets.clean(markdown(document)), outputs(document))


def _print(wiring: Wiring, report: PushReport, result: PushResult, *, as_json: bool) -> None:
    if as_json:
        wiring.output.document(result.document(), messages=MESSAGES)
    else:
        report.result(result)


def _fail(wiring: Wiring, error: BaseException, published: list[Write]) -> None:
    """Raise what ends the run, and say in the runner's summary what failed and what to type."""
    waited = isinstance(error, BuildtoolError) and error.kind in {WAIT_TIMEOUT, WAIT_ROLLED_BACK}
    if published and not waited:
        references = ", ".join(write.reference for write in published)
        what = error.message if isinstance(error, BuildtoolError) else str(error) or "interrupted"
        error = BuildtoolError(AFTER_PUBLISHING, f"published {references}; then: {what}")
    if isinstance(error, BuildtoolError):
        _summarise(wiring, error)
    raise error


def _summarise(wiring: Wiring, error: BuildtoolError) -> None:
    try:
        ci_summary.append(wiring.environment, wiring.output.secrets.clean(failure(error)), {})
    except BuildtoolError as unwritten:  # the failure itself is what has to be told
        wiring.output.warn(f"{unwritten.place}: {unwritten.message}")
