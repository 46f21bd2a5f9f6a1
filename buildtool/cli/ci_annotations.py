"""Failures as annotations: GitHub Actions shows them beside the file and line, and on the page of the run.

Format: docs.github.com, "Workflow commands", `error`. Gitea's and Forgejo's runners read the same.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.core.facts import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from buildtool.cli.wiring import Wiring
    from buildtool.core.facts import Fact
    from buildtool.errors import BuildtoolError

COMMANDS = frozenset(
    {"build", "check", "doctor", "push", "rollback", "tag", "verify"}
)  # those that a workflow runs for a verdict
_MOST = 10  # GitHub shows no more of one step
_PLACE = re.compile(r"(?P<path>.+?)(?::(?P<line>[0-9]{1,9}))?(?::(?P<column>[0-9]{1,9}))?")


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether a runner reads annotations."""
    return environment.get("GITHUB_ACTIONS", "").lower() == "true"


def annotate_error(wiring: Wiring, command: str | None, error: BuildtoolError) -> None:
    """One annotation, or one for each mistake of a configuration; nothing outside of a runner."""
    if not wanted(wiring.environment) or command not in COMMANDS:
        return
    title = f"buildtool: {error.kind.title}"
    mistakes = [
        (one.place, f"{one.key}: {one.text}" if one.key else one.text) for one in getattr(error, "mistakes", ())
    ]
    for place, message in mistakes[:_MOST] or [(error.place or "", _message(error))]:
        located = _located(wiring, place)
        shown = message if located or not place else f"{place}: {message}"
        wiring.output.annotation({**located, "title": title}, f"{shown}\nfix: {error.fix}")


def annotate_facts(wiring: Wiring, command: str, facts: Iterable[Fact]) -> None:
    """One annotation for each fact that does not hold."""
    if not wanted(wiring.environment):
        return
    failed = [fact for fact in facts if fact.state is State.FAILED]
    for fact in failed[:_MOST]:
        fix = f"\nfix: {fact.fix}" if fact.fix else ""
        wiring.output.annotation({"title": f"buildtool {command}: {fact.subject} {fact.name}"}, f"{fact.evidence}{fix}")


def _message(error: BuildtoolError) -> str:
    return f"{error.message}\nwhy: {error.kind.meaning}"


def _located(wiring: Wiring, place: str) -> dict[str, object]:
    """`file`, `line` and `col` of a place that is a file of the checkout; {} for a URL, a program, a variable."""
    found = _PLACE.fullmatch(place)
    if found is None or "://" in place:
        return {}
    path = _file(wiring, found["path"])
    if path is None:
        return {}
    return {"file": path, "line": found["line"], "col": found["column"]}


def _file(wiring: Wiring, named: str) -> str | None:
    """The path as GitHub takes it, from the folder the repository was checked out to."""
    workspace = wiring.environment.get("GITHUB_WORKSPACE") or str(wiring.repository_root)
    for folder in _folders(wiring):
        path = os.path.realpath(folder / named)
        if os.path.isfile(path):
            relative = os.path.relpath(path, os.path.realpath(workspace))
            return relative if not relative.startswith("..") else path
    return None


def _folders(wiring: Wiring) -> list[Path]:
    """What places are relative to: where it runs, the configuration's folder, the root of the repository."""
    config = wiring.config_path
    return [Path(), wiring.directory, *([config.parent] if config else []), wiring.repository_root]
