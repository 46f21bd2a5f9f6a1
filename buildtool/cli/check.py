"""`buildtool check`: lint the committed manifests, workflow and tags, offline; the pre-commit hook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from buildtool import __version__
from buildtool.cli import formats
from buildtool.cli.check_settings import config_of, read_settings
from buildtool.cli.options import examples
from buildtool.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.cli.wiring import Wiring
    from buildtool.errors.pages import Rule
    from buildtool.usecases.check.run import Checked

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog=examples("buildtool check", "buildtool check apps --diff origin/main"))
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--explain", is_flag=True, help="Beside each finding, the page of its rule.")
@click.option("--diff", "base", metavar="BASE", help="Report only what the change since BASE makes: origin/main, HEAD.")
@click.option("--baseline", type=_FILE, help="Leave out the findings that this file holds.")
@click.option("--write-baseline", type=_FILE, help="Write all findings of now into such a file, and report none.")
@click.option("--sarif-file", type=_FILE, help="Write the findings into this file too, as SARIF.")
@click.option("--strict", is_flag=True, help="Warnings too make the answer no.")
@click.option("--tags-only", is_flag=True, help="Check only that each policy takes the tag of this checkout's branch.")
@click.option("--branch", help="The branch for --tags-only, where HEAD names none.")
@click.pass_obj
def check(
    wiring: Wiring,
    paths: tuple[Path, ...],
    style: str,
    *,
    as_json: bool,
    explain: bool,
    base: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    sarif_file: Path | None,
    strict: bool,
    tags_only: bool,
    branch: str | None,
) -> int:
    """Lint the committed manifests, workflow and tags, without network.

    With PATHs, only what stands in them is reported, and what they cause in other files. A directory means every file
    below it. Ends with 0 when no error was found, 3 otherwise. A finding is suppressed by a comment on its line or
    above it: # buildtool: ignore[CODE] REASON
    """
    _refuse_together(
        {"PATH": paths, "--diff": base, "--baseline": baseline, "--write-baseline": write_baseline}, tags_only=tags_only
    )
    given = _relative(wiring, paths) if paths else None
    result = _tags(wiring, branch) if tags_only else _check(wiring, given)
    if write_baseline is not None:
        from buildtool.cli.check_known import write  # noqa: PLC0415 -- a plain check loads none of this

        return write(wiring, result, write_baseline)
    known = gone = 0
    if base is not None or baseline is not None:
        from buildtool.cli.check_known import remaining  # noqa: PLC0415

        result, known, gone = remaining(wiring, result, given, base, baseline)
    _write(wiring, result, Report("json" if as_json else style, explain, known, gone))
    if sarif_file is not None:
        from buildtool.adapters.document_file import DocumentFile  # noqa: PLC0415

        with DocumentFile(wiring.directory / sarif_file) as file:
            file.write(wiring.output.secrets.clean_fields(_sarif(result), _SARIF_MESSAGES))
    return Exit.NO if result.failed(strict=strict) else Exit.OK


_SARIF_MESSAGES = ("text",)


class Report(NamedTuple):
    """How findings are written; `known` and `gone` as of usecases.check.known.Remaining."""

    style: str
    explain: bool
    known: int
    gone: int


def _refuse_together(given: Mapping[str, object], *, tags_only: bool) -> None:
    """Options that would contradict each other; raises usage."""
    used = [name for name, value in given.items() if value not in (None, ())]
    one = "--tags-only" if tags_only else "--write-baseline" if "--write-baseline" in used else ""
    others = [name for name in used if name != one]
    if one and others:
        reason = "it looks at the policies only" if tags_only else "it takes all findings of the whole tree"
        raise click.UsageError(f"{one} does not go with {', '.join(others)}: {reason}")


def _check(wiring: Wiring, given: list[str] | None) -> Checked:
    from buildtool.usecases.check.run import check  # noqa: PLC0415 -- not for --help

    settings, known = read_settings(config_of(wiring), wiring.repository_root, {})
    return check(wiring.repository_files, settings, given=given, known=known)


def _tags(wiring: Wiring, flag: str | None) -> Checked:
    from buildtool.core.commit.branch import choose_branch  # noqa: PLC0415
    from buildtool.core.commit.checkout import Head  # noqa: PLC0415
    from buildtool.core.commit.release import choose_release  # noqa: PLC0415
    from buildtool.usecases.check.run import Checked, Reader  # noqa: PLC0415
    from buildtool.usecases.check.tags import check_release, check_tags  # noqa: PLC0415

    path = config_of(wiring)
    if path is None:
        wiring.output.say("nothing to do: there is no buildtool.toml, so no image of this repository has a tag of ours")
        return Checked((), 0, {})
    settings, known = read_settings(path, wiring.repository_root, {})
    rules, repo = wiring.tag_settings, wiring.repo
    tree = Reader(wiring.repository_files, settings, frozenset({"buildtool.toml"})).tree()
    head = Head(repo.sha, repo.branch, tags=repo.tags if repo.sha is not None else ())
    release = choose_release(flag, wiring.ci, head, rules.release, asked=False)
    if release is not None:
        return check_release(tree, str(release.version), known)
    branch, _ = choose_branch(flag, wiring.ci, head, rules.branches)
    return check_tags(tree, branch, rules.branches, known)


def _relative(wiring: Wiring, paths: tuple[Path, ...]) -> list[str]:
    """Paths as given, relative to the root of the repository; a directory becomes the files git knows below it."""
    root = os.path.realpath(wiring.repository_root)
    found: list[str] = []
    for path in paths:
        folder, name = os.path.split(os.path.normpath(wiring.directory.absolute() / path))
        full = Path(os.path.realpath(folder), name)  # a link itself is not followed
        relative = os.path.relpath(full, root).replace(os.sep, "/")
        if os.path.isdir(full) and not os.path.islink(full):
            prefix = "" if relative == "." else f"{relative}/"
            found += [name for name in wiring.repository_files.paths() if name.startswith(prefix)]
        else:
            found.append(relative)
    return found


def _write(wiring: Wiring, result: Checked, report: Report) -> None:
    findings = result.findings
    pages = _rules() if report.explain and findings else {}
    if report.style == "json":
        counts = formats.Counts(result.files, report.known, report.gone)
        wiring.output.document(formats.as_json(findings, counts, pages), messages=("message", "reason", "fix"))
    elif report.style == "sarif":
        wiring.output.document(_sarif(result), messages=_SARIF_MESSAGES)
    elif report.style == "github" and findings:
        wiring.output.commands(formats.github(findings, pages))
    elif report.style == "text" and findings:
        wiring.output.data(formats.text(findings, result.lines, pages))
    wiring.output.say(formats.summary(findings, result.files, report.known))
    if report.gone:
        wiring.output.say(formats.no_longer_needed(report.gone))


def _rules() -> Mapping[str, Rule]:
    from buildtool.errors.catalogue import check_rules  # noqa: PLC0415 -- most runs name no rule

    return check_rules()


def _sarif(result: Checked) -> Mapping[str, Any]:
    from buildtool.cli.sarif import document  # noqa: PLC0415

    return document(result, _rules(), __version__)
