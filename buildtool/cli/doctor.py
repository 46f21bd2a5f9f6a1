"""The command `buildtool doctor`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from buildtool.cli.options import examples
from buildtool.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildtool.cli.wiring import Wiring
    from buildtool.usecases.doctor.examine import Examination
    from buildtool.usecases.doctor.repairs import Repair


@click.command(epilog=examples("buildtool doctor", "buildtool doctor --fix"))
@click.option("--fix", "mend", is_flag=True, help="Run the fixes that are safe: git's safe.directory and --unshallow.")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as one JSON document.")
@click.pass_obj
def doctor(wiring: Wiring, *, mend: bool, as_json: bool) -> int:
    """Look at every prerequisite: git, docker, the builder, the registry, policies, the runner, disks.

    Every check runs, whatever the others find, side by side and with a time limit. Nothing is changed: a push is
    begun and cancelled, and a program for each platform is run by the builder and thrown away. With -v also where each
    setting comes from.

    Exit code 3 when something is broken; warnings do not count.
    """
    from buildtool.cli.ci_annotations import annotate_facts  # noqa: PLC0415 -- not for --help
    from buildtool.cli.fix_values import facts_with_real_values  # noqa: PLC0415
    from buildtool.core.facts import MESSAGES  # noqa: PLC0415 -- not for --help
    from buildtool.usecases.doctor import examine, repair  # noqa: PLC0415

    ports = wiring.doctor_ports()
    found = examine(ports)
    done: list[Repair] = []
    if mend:
        done = repair(ports.git, found.facts)
        found = examine(wiring.doctor_ports()) if any(one.problem is None for one in done) else found
    found = replace(found, facts=tuple(facts_with_real_values(found.facts, wiring)))
    if as_json:
        wiring.output.document(_document(found, done), messages=(*MESSAGES, "value", "not_fixed"))
    else:
        _show(wiring, found, done)
    annotate_facts(wiring, "doctor", found.facts)
    return Exit.OK if found.ok else Exit.NO


def _document(found: Examination, done: Sequence[Repair]) -> dict[str, object]:
    from buildtool.usecases.doctor import SCHEMA  # noqa: PLC0415

    return {
        "schema": SCHEMA,
        "ok": found.ok,
        "facts": [fact.document() for fact in found.facts],
        "settings": [setting.document() for setting in found.settings],
        "fixed": [one.command for one in done if one.problem is None],
        "not_fixed": [{"command": one.command, "problem": one.problem} for one in done if one.problem is not None],
    }


def _show(wiring: Wiring, found: Examination, done: Sequence[Repair]) -> None:
    from buildtool.cli.fact_report import show  # noqa: PLC0415
    from buildtool.core.facts import State  # noqa: PLC0415

    for one in done:
        wiring.output.say(
            f"fixed: {one.command}" if one.problem is None else f"not fixed: {one.command}: {one.problem}"
        )
    show(wiring.output, found.facts)
    if wiring.output.verbose:
        for setting in found.settings:
            value = "" if setting.value is None else f" = {setting.value}"
            wiring.output.data(f"         {setting.key}{value}   ({setting.origin})")
    counts = {state: sum(fact.state is state for fact in found.facts) for state in State}
    wiring.output.say(", ".join(f"{number} {state.value}" for state, number in counts.items() if number))
