"""The real values in place of what a fix only names, such as HOST:PORT: a command to paste, wherever they are known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from buildtool.core.text.placeholders import filled
from buildtool.usecases.real_values import real_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildtool.cli.wiring import Wiring
    from buildtool.config import Config
    from buildtool.core.facts import Fact
    from buildtool.errors import BuildtoolError


def with_real_values(error: BuildtoolError, wiring: Wiring, command: str | None = None) -> None:
    """Fill the error's fix with what this run knows; nothing is read for it. `command` is the subcommand that ran."""
    config = _known(wiring)
    values = real_values(config, error.fix, error.place or "", error.message) if config else {}
    error.fix = filled(error.fix, values | {"COMMAND": command or ""})


def facts_with_real_values(facts: Iterable[Fact], wiring: Wiring) -> list[Fact]:
    """The same facts, with their fixes filled."""
    config = _known(wiring)
    if config is None:
        return list(facts)
    return [replace(fact, fix=filled(fact.fix, real_values(config, fact.fix, message=fact.evidence))) for fact in facts]


def _known(wiring: Wiring) -> Config | None:
    """The configuration where it was read and is good."""
    config: Config | None = vars(wiring).get("config")
    return config
