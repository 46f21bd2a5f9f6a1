"""The command `buildtool tag`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import image_names
from buildtool.cli.options import examples

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command(epilog=examples("buildtool tag", "buildtool tag backend --branch main"))
@click.argument("images", nargs=-1, metavar="[IMAGE]...", shell_complete=image_names)
@click.option("--branch", metavar="NAME", help="The branch, where git and the environment do not say it.")
@click.option("--release", is_flag=True, help="The version that HEAD's git tag names, on a branch too.")
@click.option("--json", "as_json", is_flag=True, help="Print the tag and its parts as one JSON document.")
@click.pass_obj
def tag(wiring: Wiring, images: tuple[str, ...], branch: str | None, release: bool, as_json: bool) -> None:
    """Print the tag this checkout would get now; with images, the full reference of each, one a line.

    Without images it needs no buildtool.toml. In a release it is the version, without a time. What was replaced or cut
    in the branch's name, and uncommitted files, are told on stderr.
    """
    from buildtool.usecases.images import chosen_images  # noqa: PLC0415 -- not for --help
    from buildtool.usecases.tag import current_tag  # noqa: PLC0415

    chosen = chosen_images(wiring.config, images) if images else []
    flag = branch.encode("utf-8", "replace").decode() if branch is not None else None  # argv may hold any bytes
    now = wiring.clock.now()
    result = current_tag(wiring.repo, wiring.ci, wiring.tag_settings, flag=flag, now=now, release=release)
    references = {image.name: wiring.config.repository(image.name).at(result.tag.text) for image in chosen}
    for note in result.notes:
        wiring.output.warn(note)
    if as_json:
        wiring.output.document(result.document(references), messages=("notes",))
    else:
        wiring.output.payload(("\n".join(references.values()) or result.tag.text) + "\n")
