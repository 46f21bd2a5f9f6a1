"""Workflows and actions as data, and what their shell lines do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from buildtool.adapters import process

if TYPE_CHECKING:
    from pathlib import Path

EDITABLE = "--with-editable"


def load(path: Path) -> dict[Any, Any]:
    """YAML 1.1 reads the key `on` as true; here it is a string."""
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    if True in document:
        document["on"] = document.pop(True)
    return document


def steps(path: Path) -> list[dict[str, Any]]:
    document = load(path)
    jobs = [document["runs"]] if "runs" in document else document["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def uv_arguments(folder: Path, line: str, environment: dict[str, str]) -> list[str]:
    """What a shell line prints in the shell the runner starts, where `uv` is a program that prints its arguments."""
    (folder / "uv").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    (folder / "uv").chmod(0o755)
    fixed = {"PATH": f"{folder}:/usr/bin:/bin", "RUNNER_TEMP": "/temp"}
    run = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line]
    return process.run(run, env={**fixed, **environment}, cwd=folder).stdout.splitlines()
