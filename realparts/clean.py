"""Ends and removes what the other commands began."""

from __future__ import annotations

import shutil

from realparts import engine, paths, processes, run, terminal


def stop() -> None:
    """Stop the demo's containers, registries, and the engine if it is ours."""
    containers = run.ask(["docker", "ps", "--all", "--quiet", "--filter", f"label={paths.LABEL}"])
    if containers:
        run.ask(["docker", "rm", "--force", *containers.split()])
        terminal.note("removed the demo's containers")
    for record in sorted((paths.PARTS / "run").glob("*.json")):
        if record.stem != engine.NAME and processes.stop(record.stem):
            terminal.note(f"stopped {record.stem}")
    if engine.stop():
        terminal.note("stopped the container engine")


def clean() -> None:
    """Stop, and remove `.parts`."""
    terminal.heading("Stop what was started and remove .parts")
    stop()
    if paths.PARTS.exists():
        shutil.rmtree(paths.PARTS)
        terminal.note(f"removed {paths.PARTS}")
    terminal.note(f"kept: {paths.VENV}, the downloads in {paths.CACHE} (make clean-all removes both), Debian packages")


def remove_downloads() -> None:
    for folder in (paths.VENV, paths.CACHE):
        shutil.rmtree(folder, ignore_errors=True)
        terminal.note(f"removed {folder}")
