"""`buildtool policy`: what Flux makes of tags. `eval` for programs, `explain` for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from buildtool.cli.complete_values import image_names
from buildtool.cli.options import examples
from buildtool.cli.stdin import read_stdin
from buildtool.errors import Exit

if TYPE_CHECKING:
    from buildtool.cli.wiring import Wiring


@click.group(epilog=examples("buildtool policy explain backend"))
def policy() -> None:
    """Say what Flux selects, and why."""


@policy.command(
    "eval",
    short_help="The same for programs: JSON lines in, JSON lines out.",
    epilog=examples("buildtool policy eval < questions.jsonl"),
)
@click.pass_context
def eval_(ctx: click.Context) -> None:
    """Read policies and tags as JSON lines from stdin, and write Flux's answers as JSON lines to stdout.

    A line in: {"id", "pattern"?, "extract"?, "policy", "tags"}. A line out: {"id", "latest", "error", "error_class"?,
    "possible_latest"?}. A line that cannot be read is answered by {"id", "line", "error"}, and the exit code is 2.
    """
    from buildtool.usecases.policy_eval import evaluate_stream  # noqa: PLC0415 -- not for --help

    wiring: Wiring = ctx.obj
    if not evaluate_stream(read_stdin, wiring.output.answers):
        ctx.exit(Exit.USAGE)


@policy.command(
    epilog=examples("buildtool policy explain backend", "buildtool policy explain flux-system:backend --tags tags.txt")
)
@click.argument("target", required=False, metavar="[NS:NAME|IMAGE]", shell_complete=image_names)
@click.option("--tags", "tags_file", metavar="FILE", help="Tags, one a line, or a tags/list document; - is stdin.")
@click.option("--file", metavar="PATH", help="The file of the policy, where several have its name.")
@click.option("--pattern", help="filterTags.pattern, for a policy that is not committed.")
@click.option("--extract", help="filterTags.extract.")
@click.option("--numerical", is_flag=False, flag_value="asc", metavar="[ORDER]", help="asc or desc.")
@click.option("--alphabetical", is_flag=False, flag_value="asc", metavar="[ORDER]", help="asc or desc.")
@click.option("--semver", metavar="RANGE", help="A range of versions.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_obj
def explain(
    wiring: Wiring,
    target: str | None,
    tags_file: str | None,
    *,
    file: str | None,
    pattern: str | None,
    extract: str | None,
    numerical: str | None,
    alphabetical: str | None,
    semver: str | None,
    as_json: bool,
) -> None:
    """Show which tags match, what is extracted, what wins and why.

    The policy is the committed one called NS:NAME (or NAME, where one namespace alone has it) or used by IMAGE, or the
    one that --pattern, --extract and an order describe. The tags come from the registry, or from --tags; those that the
    exclusionList of the ImageRepository names do not count.
    """
    from buildtool.cli import policy_report, policy_tags  # noqa: PLC0415 -- not for --help
    from buildtool.usecases import policy_explain  # noqa: PLC0415

    described = policy_report.described(pattern, extract, numerical, alphabetical, semver)
    chosen = policy_report.chosen(wiring, target, described, file)
    if tags_file is not None:
        listed = policy_tags.read_tags(tags_file)
    else:
        listed = policy_tags.registry_tags(wiring, chosen.repository, chosen.without_repository)
    tags = policy_tags.stored(listed, chosen.watched)
    found = policy_explain.explain(chosen.policy, tags.stored, tags.excluded)
    if as_json:
        wiring.output.document(policy_explain.document(found), messages=("message", "fix"))
    else:
        policy_report.show(wiring.output, found)
