from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from buildtool.adapters import process
from buildtool.adapters.process import (
    ProgramError,
    ProgramMissingError,
    ProgramSilentError,
    Silence,
    begun,
    run,
    run_bytes,
    stream,
)

if TYPE_CHECKING:
    from pathlib import Path


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_text_in_text_out(tmp_path: Path) -> None:
    script = "import os,sys; print(sys.stdin.read(), os.getcwd(), os.environ['A'])"
    done = run(python(script), stdin="in", cwd=tmp_path, env={"A": "b"})
    assert done.stdout.split() == ["in", str(tmp_path), "b"]


def test_an_exit_code_is_an_error_with_its_own_words() -> None:
    with pytest.raises(ProgramError, match="own words") as raised:
        run(python("import sys; sys.exit('own words')"))
    assert raised.value.returncode == 1


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(ProgramMissingError, match="not installed"):
        run(["no-such-program-here"])
    with pytest.raises(ProgramMissingError):
        stream(["no-such-program-here"], lambda _: None)


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("not a program")
    with pytest.raises(ProgramError):
        run([str(file)])
    with pytest.raises(ProgramError):
        stream([str(file)], lambda _: None)


def test_a_program_that_does_not_end() -> None:
    with pytest.raises(ProgramError, match="no answer within"):
        run(python("import time; time.sleep(60)"), timeout=0.2)


def test_bytes_that_are_no_text() -> None:
    assert run(python("import sys; sys.stdout.buffer.write(b'\\xff')")).stdout == "\ufffd"


def test_a_stream_is_handed_over_line_by_line() -> None:
    lines: list[str] = []
    code = stream(python("import sys; sys.stderr.write('a\\nb\\nend'); sys.exit(3)"), lines.append)
    assert (code, lines) == (3, ["a\n", "b\n", "end"])


def test_megabytes_on_both_sides_do_not_hang() -> None:
    """A full pipe on one side must not keep the other from being emptied."""
    script = (
        "import sys; sys.stderr.write('x' * 3_000_000 + '\\n'); sys.stdout.write('y' * 3_000_000); sys.stdin.read()"
    )
    sizes: list[int] = []
    assert stream(python(script), lambda line: sizes.append(len(line)), stdin="z" * 3_000_000) == 0
    assert sum(sizes) == 3_000_001


def test_a_program_that_does_not_read_its_input() -> None:
    assert stream(python("pass"), lambda _: None, stdin="z" * 3_000_000) == 0


def test_an_interrupt_ends_the_program() -> None:
    """It gets SIGINT, so that buildx can cancel its build, and it is gone when the exception leaves."""
    script = "import sys, time, os; print(os.getpid(), file=sys.stderr, flush=True); time.sleep(600)"
    found: list[int] = []

    def on_line(line: str) -> None:
        found.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stream(python(script), on_line)
    with pytest.raises(ProcessLookupError):
        os.kill(found[0], 0)


def test_our_own_process_group_is_not_shared() -> None:
    """A terminal's ^C would reach the program twice otherwise."""
    lines: list[str] = []
    stream(python("import os, sys; print(os.getpgid(0), file=sys.stderr)"), lines.append)
    assert int(lines[0]) != os.getpgid(0)
    assert signal.getsignal(signal.SIGINT) is not None
    assert subprocess.run(["true"], check=False).returncode == 0


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_silent_program_is_ended() -> None:
    lines: list[str] = []
    script = "import os, sys, time; print(os.getpid(), file=sys.stderr, flush=True); time.sleep(600)"
    with pytest.raises(ProgramSilentError, match=r"printed nothing for 0\.3 s and was ended"):
        stream(python(script), lines.append, silence=Silence(0.3))
    assert gone(int(lines[0]))


def test_a_silent_program_that_ignores_the_request_to_end_is_killed_with_what_it_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Docker runs its plugins as processes of their own, which hold the pipe open."""
    monkeypatch.setattr(process, "_GRACE_SECONDS", 0.3)
    script = (
        "import os, signal, sys, time; signal.signal(signal.SIGINT, signal.SIG_IGN); other = os.fork()\n"
        "os.write(2, f'{os.getpid()}\\n'.encode()); time.sleep(600)"
    )
    lines: list[str] = []
    with pytest.raises(ProgramSilentError):
        stream(python(script), lines.append, silence=Silence(0.3))
    assert len(lines) == 2
    assert gone(min(map(int, lines)))


def test_a_program_that_trickles_runs_on() -> None:
    """Every line comes just before the time is over, by a clock that goes with the lines."""
    now = [0.0]
    silence = Silence(10, lambda: now[0])

    def on_line(_line: str) -> None:
        now[0] += 9.9

    script = "import sys, time\nfor _ in range(9): print('.', file=sys.stderr, flush=True); time.sleep(0.02)"
    assert stream(python(script), on_line, silence=silence) == 0
    assert now[0] == pytest.approx(9 * 9.9)


def test_bytes_in_bytes_out() -> None:
    script = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() * 2)"
    assert run_bytes(python(script), stdin=b"\xff\r\n\0") == b"\xff\r\n\0" * 2


def test_bytes_of_a_program_that_fails() -> None:
    with pytest.raises(ProgramError, match="own words"):
        run_bytes(python("import sys; sys.exit('own words')"))


def test_two_programs_beside_each_other() -> None:
    with begun(["sh", "-c", "read line; echo $line"], stdin="begun\n") as output:
        assert run(["echo", "beside"]).stdout == "beside\n"
        assert output().stdout == "begun\n"


def test_a_program_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    with begun(["sh", "-c", f"echo $$ > {told}.new; mv {told}.new {told}; exec sleep 60"]):
        while not told.exists():
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)
