"""Closed standard streams (`>&-`): the same exit code, no traceback, and no file of the run under their numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.httpserver import Reply, serve
from tests.support.shop import Shop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.httpserver import Handler, Question

UNKNOWN = Reply(404, {"Content-Type": "application/json"}, b'{"errors": [{"code": "NAME_UNKNOWN", "message": "no"}]}')
CLOSED = ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"]


def run(redirection: str, *argv: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *argv],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("redirection", CLOSED)
@pytest.mark.parametrize(
    ("command", "code"), [("tag", 0), ("check", 0), ("push --dry-run", 14), ("verify", 3), ("policy eval no/such", 2)]
)
def test_the_exit_code_stays(tmp_path: Path, redirection: str, command: str, code: int) -> None:
    """At a registry that knows no repository and takes none."""

    def refuse(handler: Handler, question: Question) -> None:
        handler.reply(Reply(200, {}, b"{}") if question.path == "/v2/" else UNKNOWN)

    with serve(refuse) as host:
        shop = Shop(tmp_path / "shop", f"{host}/shop", {}, tiny=True)
        done = run(redirection, sys.executable, "-m", "buildtool", *command.split(), folder=shop.folder)
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize("redirection", CLOSED)
def test_no_file_takes_the_number_of_a_stream(redirection: str, tmp_path: Path) -> None:
    script = (
        "from buildtool.cli.streams import open_what_is_closed; import os, sys; open_what_is_closed()\n"
        f"number = os.open({str(tmp_path / 'file')!r}, os.O_RDWR | os.O_CREAT)\n"
        "print('out', flush=True); print('err', file=sys.stderr, flush=True)\n"
        "sys.exit(0 if number > 2 and os.get_inheritable(1) and sys.stderr.isatty() is False else 1)"
    )
    done = run(redirection, sys.executable, "-c", script)
    assert done.returncode == 0, done
    assert (tmp_path / "file").read_text() == ""
    assert done.stdout == ("" if ">&-" in redirection.split() else "out\n")
    assert done.stderr == ("" if "2>&-" in redirection.split() else "err\n")
