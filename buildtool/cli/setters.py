"""`buildtool setters preview`: what Flux's image automation would commit for given latest images."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from buildtool.cli.options import examples
from buildtool.core.text.units import counted
from buildtool.errors import SETTERS_RUN_FAILS, USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from buildtool.cli.wiring import Wiring
    from buildtool.core.flux.manifests import Manifests
    from buildtool.usecases.setters_preview import Planned

_CHANGE = ("path", "line", "column", "old", "new", "setter")


@click.group(epilog=examples("buildtool setters preview --image flux-system:web=127.0.0.1:5000/web:v1.2.3"))
def setters() -> None:
    """What Flux's image automation writes at the setter markers of committed files."""


@setters.command(
    name="preview",
    short_help="Show what Flux's next commits change, as one diff.",
    epilog=examples(
        "buildtool setters preview --image flux-system:web=127.0.0.1:5000/web:v1.2.3",
        "buildtool setters preview --jsonl < cases.jsonl",
    ),
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--image", "images", multiple=True, metavar="NS:NAME=IMAGE:TAG[@DIGEST]", help="What a policy selects.")
@click.option("--update-path", metavar="DIR", help="In place of the update.path of the committed automations.")
@click.option("--full", is_flag=True, hidden=True, help="Changes nothing: the diff always holds everything.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", is_flag=True, help="Read cases from stdin, one JSON object a line; answer in kind.")
@click.pass_obj
def preview(
    wiring: Wiring,
    paths: tuple[str, ...],
    *,
    images: tuple[str, ...],
    update_path: str | None,
    full: bool,
    as_json: bool,
    jsonl: bool,
) -> None:
    """Show what Flux's next commits change as one diff, for the latest image of each policy.

    The diff is what `git apply` and `patch -p1` take, and makes the bytes that Flux writes. With PATHs, only what
    changes in them. A file that is not in the form Flux writes is rewritten as a whole; stderr names it and says why.

    Exit code 3 when the run of an automation would fail; what the others write is shown all the same.
    """
    if jsonl:
        if paths or images or update_path is not None or as_json or full:
            raise BuildtoolError(USAGE, "--jsonl takes everything from stdin, no other option and no path")
        _batch(wiring, sys.stdin.buffer)
        return
    planned, manifests = _plan(wiring, paths, images, update_path)
    if as_json:
        wiring.output.document(_document(planned, manifests), messages=("reason",))
    else:
        _show(wiring, planned, manifests)
    if planned.result.errors:
        raise BuildtoolError(SETTERS_RUN_FAILS, "; ".join(_failures(planned)))


def _batch(wiring: Wiring, stream: BinaryIO) -> None:
    from buildtool.usecases.setters_batch import answers  # noqa: PLC0415 -- not for --help

    for answer in answers(stream):
        if not wiring.output.answers([answer]):
            return


def _plan(
    wiring: Wiring, paths: tuple[str, ...], images: tuple[str, ...], update_path: str | None
) -> tuple[Planned, Manifests]:
    from buildtool.core.flux.manifests import find_policies  # noqa: PLC0415
    from buildtool.usecases.setters_preview import only, parse_image, plan, plan_runs  # noqa: PLC0415

    if not images:
        fix = "--image NAMESPACE:POLICY=IMAGE:TAG, once for each policy; or --jsonl"
        raise BuildtoolError(USAGE, "no image is given", fix=fix)
    files = wiring.repository_files
    wanted = dict(parse_image(one) for one in images)
    manifests = find_policies(files.texts(), files.paths(), files.text, wiring.remote)
    planned = plan(files, plan_runs(wanted, manifests, update_path))
    return only(planned, [_from_root(wiring, path) for path in paths]) if paths else planned, manifests


def _from_root(wiring: Wiring, path: str) -> str:
    """A path as typed, from the root of the repository; raises a usage error where there is nothing, or outside."""
    full = os.path.realpath(wiring.directory / path)
    inside = os.path.relpath(full, os.path.realpath(wiring.repository_root)).replace(os.sep, "/")
    if inside == ".." or inside.startswith("../"):
        raise BuildtoolError(USAGE, f"{path} is outside of the repository {wiring.repository_root}")
    if not os.path.lexists(full):
        raise BuildtoolError(USAGE, f"{path} does not exist")
    return "" if inside == "." else inside


def _show(wiring: Wiring, planned: Planned, manifests: Manifests) -> None:
    from buildtool.core.flux.automation_runs import notes_on  # noqa: PLC0415
    from buildtool.core.text.unified_diff import file_diff  # noqa: PLC0415

    found, output = planned.result, wiring.output
    for path in sorted(found.files.keys() - planned.refused.keys()):
        output.payload(file_diff(path, planned.before[path], found.files[path]))
    for path, reason in planned.refused.items():
        output.warn(f"{path}: no diff: {reason}; --json has the new text")
    for sentence in notes_on(planned.runs, manifests):
        output.warn(sentence)
    for rewritten in found.reformatted.values():
        output.warn(f"{rewritten.path} will be reformatted as a whole: {'; '.join(rewritten.reasons)}")
    for skipped in found.skipped.values():
        place = f"{skipped.path}:{skipped.line}" if skipped.line else skipped.path
        output.warn(f"{place} is skipped by Flux, which does not report it: {skipped.reason}")
    values, files = len(found.changes), len(found.files)
    output.say(f"{counted(values, 'value')} in {counted(files, 'file')} would change")


def _failures(planned: Planned) -> Sequence[str]:
    return [f"{automation or 'the run'}: {reason}" for automation, reason in planned.result.errors.items()]


def _document(planned: Planned, manifests: Manifests) -> Mapping[str, Any]:
    from buildtool.core.flux.automation_runs import notes_on  # noqa: PLC0415

    found = planned.result
    return {
        "schema": "buildtool.setters-preview/v1",
        "runs": [
            {"automation": run.automation, "path": run.path, "policies": sorted(run.images)} for run in planned.runs
        ],
        "changes": [{part: getattr(one, part) for part in _CHANGE} for one in found.changes],
        "files": dict(found.files),
        "reformatted": [{"path": one.path, "reasons": list(one.reasons)} for one in found.reformatted.values()],
        "skipped": [{"path": one.path, "line": one.line, "reason": one.reason} for one in found.skipped.values()],
        "errors": [{"automation": automation, "reason": reason} for automation, reason in found.errors.items()],
        "notes": notes_on(planned.runs, manifests),
    }
