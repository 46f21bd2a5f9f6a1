"""Runs a build and tells its result: on stdout, in the folder of `--output`, and to the CI run."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.adapters import ci_summary
from buildtool.adapters.build_secrets import BuildSecrets
from buildtool.adapters.context import ContextFiles
from buildtool.adapters.layout_output import LayoutOutput
from buildtool.adapters.oci_layout import OciLayouts
from buildtool.cli.fix_values import with_real_values
from buildtool.cli.push_run import summarise_failure
from buildtool.cli.step_summary import built_markdown, compact
from buildtool.errors import BuildtoolError
from buildtool.usecases.build.built import MESSAGES, SCHEMA, BuildResult
from buildtool.usecases.build.plan import plan_build, with_images
from buildtool.usecases.build.run import Build
from buildtool.usecases.push.unchanged import ImageInputs

if TYPE_CHECKING:
    from buildtool.cli.build_report import BuildReport
    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.build.options import BuildOptions


def run_and_report(
    wiring: Wiring, options: BuildOptions, report: BuildReport, folder: Path | None, *, as_json: bool
) -> None:
    """Build; the result goes to stdout (a table, or one JSON document), to `folder`, and to the runner's summary."""
    try:
        ci_summary.require_writable(wiring.environment)
        output = LayoutOutput(folder, SCHEMA) if folder is not None else None
        if output is not None:
            output.require_ours()
        with tempfile.TemporaryDirectory(prefix="buildtool-build-") as place:
            result = _built(wiring, options, report, Path(place), output)
        document = wiring.output.secrets.clean_fields(result.document(), MESSAGES)
        summary = wiring.output.secrets.clean(built_markdown(document))
        ci_summary.append(wiring.environment, summary, {"json": compact(document)})
        if as_json:
            wiring.output.document(result.document(), messages=MESSAGES)
        else:
            report.built(result)
    except BuildtoolError as error:
        with_real_values(error, wiring, "build")
        summarise_failure(wiring, error)
        raise


def _built(
    wiring: Wiring, options: BuildOptions, report: BuildReport, place: Path, output: LayoutOutput | None
) -> BuildResult:
    started = time.monotonic()
    config, context = wiring.config, ContextFiles()
    secrets = BuildSecrets(config.root, wiring.environment)
    for image in config.images.values():
        secrets.remember(image.secrets, wiring.output.secrets)
    report.heading("Preflight")
    plan = plan_build(config, wiring.checkout, wiring.ci, options, wiring.clock.now(), context)
    inputs = ImageInputs(config, wiring.repo, context, wiring.manifests, wiring.texts)
    layouts = OciLayouts(place)
    build = Build(config, wiring.local_builder, wiring.engine_images, layouts, wiring.layers, report)
    plan = build.ready(with_images(plan, config, options, inputs), options, secrets)
    report.plan(plan)
    proven = build.run(plan)
    plan = replace(plan, warnings=[*plan.warnings, *build.warnings])
    loaded = build.load(proven) if options.load else {}
    path = output.path if output is not None else None
    result = BuildResult(plan, proven, time.monotonic() - started, loaded, path)
    if output is not None:
        document = wiring.output.secrets.clean_fields(result.document(), MESSAGES)
        folders = {one.plan.name: layouts.folder(one.plan.name) for one in proven}
        output.write(folders, plan.tag.text, document)
    return result
