"""The CI run's facts, from the environment and the event file."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from buildtool.core.commit.ci import from_variables, head_commit, is_fork, request_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from buildtool.core.commit.ci import CiFacts

_LARGEST = 30 << 20  # bytes; GitHub caps an event at 25 MB


def read(environ: Mapping[str, str]) -> CiFacts:
    """The run's facts. An event file that cannot be read leaves what only it says unknown."""
    facts = from_variables(environ)
    if not facts.head_ref or not facts.event_path:  # only a pull request's event is worth reading
        return facts
    event = _event(Path(facts.event_path))
    number = request_number(event) or facts.number
    return dataclasses.replace(facts, from_fork=is_fork(event), head_commit=head_commit(event), number=number)


def _event(path: Path) -> object:
    try:
        if not os.path.isfile(path) or path.stat().st_size > _LARGEST:
            return None
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
