"""`buildtool setters preview`: what Flux's image automation would commit for given latest images."""

from __future__ import annotations

import difflib
import os
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from buildtool.errors import USAGE, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.setters_preview import Planned

_CHANGE = ("path", "line", "column", "old", "new", "setter")
_LARGE = 20_000  # lines; a diff of more takes long and no one reads it


@click.group()
def setters() -> None:
    """What Flux's image automation writes at the setter markers of committed files."""


@setters.command(name="preview")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option("--image", "images", multiple=True, metavar="NS:NAME=IMAGE:TAG[@DIGEST]", help="What a policy selects.")
@click.option("--update-path", metavar="DIR", help="In place of the update.path of the committed automations.")
@click.option("--full", is_flag=True, help="Show everything that changes in files that Flux reformats.")
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
    """Show the lines that Flux's next commit would change, for the latest image of each policy.

    With PATHs, only what changes in them. A file that is not in the form Flux writes is named as "reformatted": Flux
    rewrites all of it; --full shows that too.
    """
    if jsonl:
        if paths or images or update_path is not None or as_json or full:
            raise BuildtoolError(USAGE, "--jsonl takes everything from stdin, no other option and no path")
        _batch(wiring, sys.stdin.buffer)
        return
    planned = _plan(wiring, paths, images, update_path)
    if as_json:
        wiring.output.document(_document(planned))
    else:
        _show(wiring, planned, full=full)


def _batch(wiring: Wiring, stream: BinaryIO) -> None:
    from buildtool.usecases.setters_preview import answers  # noqa: PLC0415 -- not for --help

    for answer in answers(stream):
        if not wiring.output.answers([answer]):
            return


def _plan(wiring: Wiring, paths: tuple[str, ...], images: tuple[str, ...], update_path: str | None) -> Planned:
    from buildtool.core.flux.manifests import find_policies  # noqa: PLC0415
    from buildtool.usecases.setters_preview import only, parse_image, plan, plan_runs  # noqa: PLC0415

    if not images:
        fix = "--image NAMESPACE:POLICY=IMAGE:TAG, once for each policy; or --jsonl"
        raise BuildtoolError(USAGE, "no image is given", fix=fix)
    files = wiring.repository_files
    wanted = dict(parse_image(one) for one in images)
    planned = plan(files, plan_runs(wanted, find_policies(files.texts(), files.paths(), files.text), update_path))
    return only(planned, [_from_root(wiring, path) for path in paths]) if paths else planned


def _from_root(wiring: Wiring, path: str) -> str:
    """A path as typed, from the root of the repository; raises a usage error where there is nothing, or outside."""
    full = os.path.realpath(wiring.directory / path)
    inside = os.path.relpath(full, os.path.realpath(wiring.repository_root)).replace(os.sep, "/")
    if inside == ".." or inside.startswith("../"):
        raise BuildtoolError(USAGE, f"{path} is outside of the repository {wiring.repository_root}")
    if not os.path.lexists(full):
        raise BuildtoolError(USAGE, f"{path} does not exist")
    return "" if inside == "." else inside


def _show(wiring: Wiring, planned: Planned, *, full: bool) -> None:
    found, output = planned.preview, wiring.output
    for path in sorted(found.files):
        text = "\n".join(_diff(path, planned, full=full))
        if text:
            output.data(text)
    for rewritten in found.reformatted:
        output.warn(f"{rewritten.path} will be reformatted as a whole: {'; '.join(rewritten.reasons)}")
    for skipped in found.skipped:
        place = f"{skipped.path}:{skipped.line}" if skipped.line else skipped.path
        output.warn(f"{place} is skipped by Flux, without a word: {skipped.reason}")
    values, files = len(found.changes), len(found.files)
    output.say(f"{values} value{'s' * (values != 1)} in {files} file{'s' * (files != 1)} would change")


def _diff(path: str, planned: Planned, *, full: bool) -> Iterator[str]:
    """A unified diff; of a file that Flux reformats, the changed lines as they will stand, unless all is asked for."""
    from buildtool.core.flux.setters import flux_form  # noqa: PLC0415

    before, after = planned.before.get(path), planned.preview.files[path]
    known = before is not None
    base = before or ""
    if known and not full:
        base = flux_form(base) or base
    old, new = base.split("\n"), after.split("\n")
    if max(len(old), len(new)) > _LARGE:
        yield f"--- {path}: too long for a diff; --json shows the values that change"
        return
    context = 3 if full or base == before else 0
    yield from difflib.unified_diff(old, new, f"a/{path}" if known else "/dev/null", f"b/{path}", "", "", context, "")


def _document(planned: Planned) -> dict[str, Any]:
    found = planned.preview
    return {
        "schema": "buildtool.setters-preview/v1",
        "runs": [
            {"automation": run.automation, "path": run.path, "policies": sorted(run.images)} for run in planned.runs
        ],
        "changes": [{part: getattr(one, part) for part in _CHANGE} for one in found.changes],
        "files": dict(found.files),
        "reformatted": [{"path": one.path, "reasons": list(one.reasons)} for one in found.reformatted],
        "skipped": [{"path": one.path, "line": one.line, "reason": one.reason} for one in found.skipped],
    }
