"""Background processes: started with a log, written down, and stopped only if they are still the ones we started.

A record is `.parts/run/NAME.json`: the process id, and when the kernel says it began. An id alone is not enough, for
the system gives it to another process one day.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from realparts import paths
from realparts.terminal import PartError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Held so that a process that ended can be collected, and none is warned about as forgotten.
_CHILDREN: dict[str, subprocess.Popen[bytes]] = {}
_POLL_SECONDS = 0.05
_BEGAN = 19  # field 22 of /proc/PID/stat, counted after the name's closing parenthesis (proc(5))
_LAST_LINES = 15


def start(name: str, argv: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start in the background, both outputs to `log`, and write it down."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        child = subprocess.Popen(
            list(argv), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    _CHILDREN[name] = child
    record = _record(name)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"pid": child.pid, "began": began(child.pid)}), encoding="utf-8")
    return child


def running(name: str) -> int | None:
    """The process id of what was started under `name`, if that very process still runs."""
    try:
        record = json.loads(_record(name).read_text(encoding="utf-8"))
        pid, when = int(record["pid"]), record["began"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid if when is not None and began(pid) == when else None


def stop(name: str, grace: float = 30.0) -> bool:
    """End what was started under `name`: SIGTERM, and SIGKILL after `grace` seconds. False where it did not run."""
    pid = running(name)
    if pid is not None:
        end(pid, lambda: running(name) is None, grace)
    child = _CHILDREN.pop(name, None)
    if child is not None:
        child.wait()
    _record(name).unlink(missing_ok=True)
    return pid is not None


def end(pid: int, gone: Callable[[], bool], grace: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        if not wait_for(gone, grace):
            os.kill(pid, signal.SIGKILL)
            wait_for(gone, grace)


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; False after `seconds`."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def wait_ready(what: str, child: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool], seconds: float) -> None:
    """Poll until `ready`; PartError with the log's last lines where the process ends or takes too long."""
    if wait_for(lambda: child.poll() is not None or ready(), seconds) and child.poll() is None:
        return
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
    state = "did not get ready" if child.poll() is None else f"ended with exit code {child.returncode}"
    raise PartError(f"{what} {state}:\n" + "\n".join(lines), f"see {log}")


def began(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None where it is gone (or only waits to be collected)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[_BEGAN])


def _record(name: str) -> Path:
    return paths.PARTS / "run" / f"{name}.json"
