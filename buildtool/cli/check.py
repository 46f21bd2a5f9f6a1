"""`buildtool check`: lint the committed manifests, workflow and tags, offline; the pre-commit hook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from buildtool import __version__
from buildtool.cli import formats
from buildtool.cli.check_settings import find, read_settings
from buildtool.errors import Exit

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.check.run import Checked


@click.command()
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
    strict: bool,
    tags_only: bool,
    branch: str | None,
) -> int:
    """Lint the committed manifests, workflow and tags, without network.

    With PATHs, only what stands in them is reported, and what they cause in other files. A directory means every file
    below it. Ends with 0 when no error was found, 3 otherwise. A finding is suppressed by a comment on its line or
    above it: # buildtool: ignore[CODE] REASON
    """
    result = _tags(wiring, branch) if tags_only else _check(wiring, paths)
    _write(wiring, result, "json" if as_json else style)
    return Exit.NO if result.failed(strict=strict) else Exit.OK


def _check(wiring: Wiring, paths: tuple[Path, ...]) -> Checked:
    from buildtool.usecases.check.run import check  # noqa: PLC0415 -- not for --help

    given = _relative(wiring, paths) if paths else None
    quick = given is not None and not any(path.endswith(".toml") for path in given)
    settings, known = read_settings(_config(wiring), wiring.repository_root, {}, quick=quick)
    return check(wiring.repository_files, settings, given=given, known=known)


def _tags(wiring: Wiring, flag: str | None) -> Checked:
    from buildtool.core.commit.branch import choose_branch  # noqa: PLC0415
    from buildtool.core.commit.checkout import Head  # noqa: PLC0415
    from buildtool.usecases.check.run import Reader  # noqa: PLC0415
    from buildtool.usecases.check.tags import check_tags  # noqa: PLC0415

    settings, known = read_settings(_config(wiring), wiring.repository_root, {})
    branches = wiring.tag_settings.branches
    repo = wiring.repo
    branch, _ = choose_branch(flag, wiring.ci, Head(repo.sha, repo.branch), branches)
    return check_tags(
        Reader(wiring.repository_files, settings, frozenset({"buildtool.toml"})).tree(), branch, branches, known
    )


def _config(wiring: Wiring) -> Path | None:
    named = wiring.config_file is not None or "BUILDTOOL_CONFIG" in wiring.environment
    return wiring.config_path if named else find(wiring.directory)


def _relative(wiring: Wiring, paths: tuple[Path, ...]) -> list[str]:
    """Paths as given, relative to the root of the repository; a directory becomes the files git knows below it."""
    root = os.path.realpath(wiring.repository_root)
    found: list[str] = []
    for path in paths:
        folder, name = os.path.split(os.path.normpath(wiring.directory.absolute() / path))
        full = Path(os.path.realpath(folder), name)  # a link itself is not followed
        relative = os.path.relpath(full, root).replace(os.sep, "/")
        if full.is_dir() and not full.is_symlink():
            prefix = "" if relative == "." else f"{relative}/"
            found += [name for name in wiring.repository_files.paths() if name.startswith(prefix)]
        else:
            found.append(relative)
    return found


def _write(wiring: Wiring, result: Checked, style: str) -> None:
    findings = result.findings
    if style == "json":
        wiring.output.document(formats.as_json(findings, result.files))
    elif style == "sarif":
        from buildtool.errors.catalogue import check_rules  # noqa: PLC0415 -- only this format names the rules

        wiring.output.document(formats.sarif(findings, check_rules(), __version__))
    elif style == "github" and findings:
        wiring.output.commands(formats.github(findings))
    elif style == "text" and findings:
        wiring.output.data(formats.text(findings, result.lines))
    wiring.output.say(formats.summary(findings, result.files))
