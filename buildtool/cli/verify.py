"""The command `buildtool verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import image_names
from buildtool.cli.options import examples
from buildtool.errors import Exit

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.command(epilog=examples("buildtool verify", "buildtool verify backend --json"))
@click.argument("images", nargs=-1, metavar="[IMAGE]...", shell_complete=image_names)
@click.option("--tag", metavar="TAG", help="The tag to prove; otherwise the one Flux selects.")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as one JSON document.")
@click.pass_obj
def verify(wiring: Wiring, images: tuple[str, ...], tag: str | None, as_json: bool) -> int:
    """Prove what is in the registry: tag, digest, platforms, revision, and that Flux selects it.

    Exit code 3 when a fact does not hold.
    """
    from buildtool.cli.ci_annotations import annotate_facts  # noqa: PLC0415 -- not for --help
    from buildtool.cli.fact_report import show  # noqa: PLC0415
    from buildtool.core.facts import MESSAGES, all_well  # noqa: PLC0415
    from buildtool.usecases.verify import SCHEMA  # noqa: PLC0415
    from buildtool.usecases.verify import verify as run  # noqa: PLC0415

    verified = run(wiring.verify_ports(), images, tag)
    facts = [fact for image in verified for fact in image.facts]
    if as_json:
        rows = [
            {
                "image": image.image,
                "tag": image.tag,
                "digest": image.digest,
                "ok": all_well(image.facts),
                "facts": [fact.document() for fact in image.facts],
            }
            for image in verified
        ]
        wiring.output.document({"schema": SCHEMA, "ok": all_well(facts), "images": rows}, messages=MESSAGES)
    else:
        show(wiring.output, facts)
    annotate_facts(wiring, "verify", facts)
    return Exit.OK if all_well(facts) else Exit.NO
