"""The one module that runs programs: an argv list in, text out, or one exception. Never a shell."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess  # noqa: TID251 -- this is the one place
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_GRACE_SECONDS = 15.0
_LONGEST_PIECE = 32 << 20  # characters of a line that never ends; more than any of BuildKit's objects
_LOOK_SECONDS = 1.0  # how often somebody looks at the time since the last output, at most


class ProgramError(Exception):
    """A program could not be started, ran too long, or ended with an exit code other than 0.

    `returncode` is None when it was not found or ran out of time; `stderr` is its own words, `stdout` what it printed.
    """

    def __init__(self, program: str, returncode: int | None, stderr: str, stdout: str = "") -> None:
        super().__init__(f"{program}: {stderr.strip() or f'exit code {returncode}'}")
        self.program = program
        self.returncode = returncode
        self.stderr = stderr
        self.stdout = stdout


class ProgramMissingError(ProgramError):
    def __init__(self, program: str) -> None:
        super().__init__(program, None, f"{program} is not installed or not on the PATH")


class ProgramSilentError(ProgramError):
    def __init__(self, program: str, seconds: float) -> None:
        super().__init__(program, None, f"printed nothing for {seconds:g} s and was ended")


@dataclass(frozen=True, slots=True)
class ProgramOutput:
    stdout: str
    stderr: str


def run(
    argv: Sequence[str],
    *,
    cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout: float = 60.0,
) -> ProgramOutput:
    """Run to the end and return what it printed; raises ProgramError otherwise. `env` replaces the environment."""
    with begun(argv, cwd=cwd, env=env, stdin=stdin, timeout=timeout) as output:
        return output()


def run_bytes(
    argv: Sequence[str],
    *,
    cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float = 60.0,
) -> bytes:
    """The same for a program that prints no text: the bytes of its stdout."""
    with _running(argv, cwd, env) as child:
        return _finished(child, argv[0], stdin, timeout)[0]


@contextlib.contextmanager
def begun(
    argv: Sequence[str],
    *,
    cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout: float = 60.0,
) -> Iterator[Callable[[], ProgramOutput]]:
    """Start a program; inside the block it runs beside the caller, who asks once for what it prints, as of `run`.

    A program that still runs at the end of the block is killed.
    """
    given = stdin.encode("utf-8", errors="replace")
    with _running(argv, cwd, env) as child:
        yield lambda: ProgramOutput(*map(_text, _finished(child, argv[0], given, timeout)))


@contextlib.contextmanager
def _running(
    argv: Sequence[str], cwd: Path | str | None, env: Mapping[str, str] | None
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        child = subprocess.Popen(  # noqa: S603
            list(argv),
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except (OSError, ValueError) as error:
        raise _not_started(argv[0], cwd, error) from error
    with child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()


def _finished(child: subprocess.Popen[bytes], program: str, stdin: bytes, timeout: float) -> tuple[bytes, bytes]:
    try:
        stdout, stderr = child.communicate(stdin, timeout)
    except subprocess.TimeoutExpired as error:
        raise ProgramError(program, None, f"no answer within {timeout:.0f} s") from error
    except (OSError, ValueError) as error:
        raise ProgramError(program, None, str(error)) from error
    if child.returncode != 0:
        raise ProgramError(program, child.returncode, _text(stderr), _text(stdout))
    return stdout, stderr


def _text(printed: bytes) -> str:
    """UTF-8 with Unix line ends, as subprocess decodes text."""
    return printed.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")


def stream(
    argv: Sequence[str],
    on_stderr: Callable[[str], None],
    *,
    cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    silence: Silence | None = None,
) -> int:
    """Run a long program, hand over its stderr as it comes (in pieces of any size), and return its exit code.

    Its stdout is thrown away. On ^C or any other exception the program gets SIGINT, and SIGKILL if that does not end
    it; it runs in a session of its own, so that the terminal's ^C reaches it only through here. A program that prints
    nothing for as long as `silence` says is ended in the same way, and ProgramSilentError raised.
    """
    try:
        child = subprocess.Popen(  # noqa: S603
            list(argv),
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _not_started(argv[0], cwd, error) from error
    assert child.stdin is not None  # noqa: S101 -- for the type checker: both are PIPE
    assert child.stderr is not None  # noqa: S101
    feeder = threading.Thread(target=_feed, args=(child.stdin, stdin), daemon=True)
    feeder.start()
    try:
        watch = silence or Silence(None)
        with watch.ends(child):
            while line := child.stderr.readline(_LONGEST_PIECE):
                on_stderr(line)
                watch.heard()
            return child.wait()
    except BaseException:
        _end(child)
        raise
    finally:
        child.stderr.close()


class Silence:
    """How long a program may print nothing: `seconds`, None for as long as it likes. `now` is a clock in seconds."""

    def __init__(self, seconds: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._last = now()
        self._stop = threading.Event()
        self._over = False

    def heard(self) -> None:
        self._last = self._now()

    @contextlib.contextmanager
    def ends(self, child: subprocess.Popen[str]) -> Iterator[None]:
        """End the program of the block when it has been silent for too long; the block then ends with an error."""
        if self._seconds is None:
            yield
            return
        self.heard()
        threading.Thread(target=self._watch, args=(child, self._seconds), daemon=True).start()
        try:
            yield
        finally:
            self._stop.set()
        if self._over:
            raise ProgramSilentError(str(child.args[0]), self._seconds)  # type: ignore[index]  # always a list

    def _watch(self, child: subprocess.Popen[str], seconds: float) -> None:
        while not self._stop.wait(min(seconds / 4, _LOOK_SECONDS)):
            if self._now() - self._last >= seconds:
                self._over = True
                child.send_signal(signal.SIGINT)
                if not self._stop.wait(_GRACE_SECONDS):
                    _kill(child)
                return


def _not_started(program: str, cwd: Path | str | None, error: OSError | ValueError) -> ProgramError:
    """The program or the folder to run it in is missing, may not be used, or the arguments are impossible."""
    if isinstance(error, FileNotFoundError) and (cwd is None or str(error.filename) != str(cwd)):
        return ProgramMissingError(program)
    return ProgramError(program, None, str(error))


def _feed(pipe: object, text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        try:
            pipe.write(text)  # type: ignore[attr-defined]
        finally:
            pipe.close()  # type: ignore[attr-defined]


def _end(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGINT)
    try:
        # Keep the pipe empty while it goes down, or a full pipe would hold it up.
        child.communicate(timeout=_GRACE_SECONDS)
    except (subprocess.TimeoutExpired, ValueError):
        _kill(child)
        child.wait()


def _kill(child: subprocess.Popen[str]) -> None:
    """The program and what it has started: a plugin of docker would keep the pipe open, and us waiting."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
