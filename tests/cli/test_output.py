from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.output import Output, Styled
from buildtool.core.text.secrets import Secrets
from buildtool.errors import CONFIG_MISSING, BuildtoolError
from tests.support.hostile import obeyed

if TYPE_CHECKING:
    from pathlib import Path


def test_data_and_everything_else(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(Secrets(), color=False)
    output.data("result")
    output.say("progress")
    output.warn("careful")
    output.detail("only with --verbose")
    output.be_verbose(1)
    output.detail("more")
    captured = capsys.readouterr()
    assert captured.out == "result\n"
    assert captured.err == "progress\nwarning: careful\nmore\n"


def test_what_passes_is_for_terminals() -> None:
    """On a terminal a line that the next one replaces; a log file never sees it."""
    script = (
        "from buildtool.cli.output import Output; from buildtool.core.text.secrets import Secrets\n"
        "output = Output(Secrets()); output.passing('now ' * 99); output.passing('later'); output.say('done')"
    )
    argv = [sys.executable, "-c", script]
    quiet = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert quiet.stderr == "done\n"
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as terminal:
        subprocess.run(argv, stderr=follower, check=True)
        os.close(follower)
        seen = b""
        with contextlib.suppress(OSError):  # the terminal's way to say that nobody writes any more
            while part := terminal.read(4096):
                seen += part
    lines = seen.split(b"\r\x1b[2K")
    assert len(lines[0]) < 100
    assert lines[1:] == [b"later", b"done\r\n"]


def test_lines_that_live_replace_each_other_on_a_terminal() -> None:
    """Each call goes up by the lines that stand there, unless something else was written in between."""
    script = (
        "from buildtool.cli.output import Output; from buildtool.core.text.secrets import Secrets\n"
        "output = Output(Secrets()); output.live(['a 1', 'b 1' * 99]); output.live(['a 1', 'b 2']); output.say('x')\n"
        "output.live(['c'])"
    )
    argv = [sys.executable, "-c", script]
    quiet = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert quiet.stderr == f"a 1\n{'b 1' * 99}\nb 2\nx\nc\n"
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as terminal:
        subprocess.run(argv, stderr=follower, check=True)
        os.close(follower)
        seen = b""
        with contextlib.suppress(OSError):
            while part := terminal.read(4096):
                seen += part
    first, rest = seen.split(b"\x1b[2A\r\x1b[J")
    assert [len(one) for one in first.split(b"\r\n")] == [3, 79, 0]
    assert rest == b"a 1\r\nb 2\r\nx\r\nc\r\n"


def test_an_error_says_what_why_and_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    Output(Secrets(), color=False).error(BuildtoolError(CONFIG_MISSING, "it is gone", place="here:1", fix="write it"))
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "error: here:1: it is gone"
    assert said[1].startswith("  why: ")
    assert said[2] == "  fix: write it"
    assert "buildtool explain config-missing (exit code 2)" in said[3]


def test_no_message_leaves_without_being_cleaned(capsys: pytest.CaptureFixture[str]) -> None:
    secrets = Secrets()
    secrets.add("hunter22")
    output = Output(secrets, color=False)
    output.data("a hunter22")
    output.document({"a": "hunter22"}, messages=("a",))
    output.table(("A",), [("hunter22",)])
    output.error(BuildtoolError(CONFIG_MISSING, "hunter22", place="hunter22", fix="hunter22"))
    captured = capsys.readouterr()
    assert "hunter22" not in captured.out + captured.err


def test_a_document_is_never_masked_but_in_its_messages(capsys: pytest.CaptureFixture[str]) -> None:
    secrets = Secrets()
    secrets.add("main")
    tag = {"tag": "main-abc", "url": "postgresql://$(USER):$(PASS)@db", "id": "Authorization: Bearer abcdefghi"}
    output = Output(secrets, color=False)
    output.document({**tag, "warnings": ["main", {"main": ["main"]}]}, messages=("warnings",))
    assert json.loads(capsys.readouterr().out) == {**tag, "warnings": ["***", {"main": ["***"]}]}


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_payload_is_utf_8_wherever_it_goes(encoding: str) -> None:
    script = (
        "from buildtool.cli.output import Output; from buildtool.core.text.secrets import Secrets\n"
        "output = Output(Secrets()); output.payload('é\\x1b…\\r\\n'); output.document({'é': '\\udcff'})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONIOENCODING": encoding}, capture_output=True, check=True
    )
    first, _, rest = done.stdout.partition(b"\n")
    assert first + b"\n" == "é\x1b…\r\n".encode()
    assert json.loads(rest) == {"é": "\udcff"}


def test_a_payload_on_a_runners_pipe_holds_no_command_and_in_a_file_every_byte(tmp_path: Path) -> None:
    payload = "a\n::error::planted\n  ##[group]planted\n\x1b[2J\n"
    script = (
        "from buildtool.cli.output import Output; from buildtool.core.text.secrets import Secrets\n"
        f"Output(Secrets()).payload({payload!r})"
    )
    program, runner = [sys.executable, "-c", script], {"GITHUB_ACTIONS": "true"}
    piped = subprocess.run(program, env=runner, capture_output=True, check=True).stdout.decode()
    assert obeyed(piped) == []
    assert [line in piped for line in ("a\n", "planted\n")] == [True, True]
    with (tmp_path / "file").open("wb") as file:
        subprocess.run(program, env=runner, stdout=file, check=True)
    assert (tmp_path / "file").read_bytes() == payload.encode()
    assert subprocess.run(program, env={}, capture_output=True, check=True).stdout == payload.encode()


def test_what_follows_a_heading_is_a_group_in_the_log_of_a_runner(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No group holds another, a result, or the failure that ends the run."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    output = Output(Secrets())
    output.heading("Build\n::error::x", folds=True)
    output.say("  step")
    output.heading("Prove", folds=True)
    output.heading("Plan")
    output.heading("Publish", folds=True)
    output.error(BuildtoolError(CONFIG_MISSING, "none"))
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == ["::group::Build%0A::error::x", "  step", "::endgroup::"]
    assert lines[3:7] == ["::group::Prove", "::endgroup::", "Plan", "::group::Publish"]
    assert lines[7] == "::endgroup::"
    assert lines[8].startswith("error: none")
    output.heading("Publish", folds=True)
    output.data("result")
    assert capsys.readouterr() == ("result\n", "::group::Publish\n::endgroup::\n")
    monkeypatch.delenv("GITHUB_ACTIONS")
    output.heading("Build", folds=True)
    assert capsys.readouterr().err == "Build\n"


def test_an_annotation_is_one_line_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    properties = {"file": "a,b:c.yaml", "line": 3, "col": None, "title": "buildtool: 100%"}
    Output(Secrets()).annotation(properties, "first\n::set-output name=x::1\r%0A")
    captured = capsys.readouterr()
    assert captured.out == "", "stdout is for the result"
    assert captured.err == (
        "::error file=a%2Cb%3Ac.yaml,line=3,title=buildtool%3A 100%25::first%0A::set-output name=x::1%0D%250A\n"
    )


def test_a_table_for_people_and_pipes(capsys: pytest.CaptureFixture[str]) -> None:
    Output(Secrets(), color=False).table(("NAME", "N"), [("a", "1"), ("longer", "22")])
    assert capsys.readouterr().out == "NAME    N\na       1\nlonger  22\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_any_text_on_any_terminal(encoding: str) -> None:
    script = (
        "from buildtool.cli.output import Output; from buildtool.core.text.secrets import Secrets\n"
        "output = Output(Secrets()); output.data('a\\udcff…'); output.say('b\\udcff…')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONIOENCODING": encoding}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout[:1], done.stderr[:1]) == (b"a", b"b")


HOSTILE = "a\x1b[31mb\x1b]0;t\x07\u202ec\x9b\x7f\udcff\r::error::x\n::add-mask::y\n  ::stop-commands::z ##[group]"
RUN = "from buildtool.cli.output import Output; from buildtool.core.text.secrets import Secrets\n"


def test_no_control_sequence_and_no_command_leaves_by_any_method(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(Secrets(), color=False, verbose=1)
    for write in (output.data, output.say, output.heading, output.detail, output.warn):
        write(HOSTILE)
    output.table((HOSTILE,), [(HOSTILE,)])
    output.error(BuildtoolError(CONFIG_MISSING, HOSTILE, place=HOSTILE, fix=HOSTILE))
    output.document({HOSTILE: [HOSTILE]})
    output.event({"text": HOSTILE})
    captured = capsys.readouterr()
    for line in (captured.out + captured.err).split("\n"):
        assert line.isprintable()
        assert not line.strip().startswith("::")
        assert "##[" not in line


def test_a_document_means_what_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    Output(Secrets(), color=False).document({"a": HOSTILE})
    assert json.loads(capsys.readouterr().out) == {"a": HOSTILE}


def test_colors_are_ours_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Output(Secrets(), color=True).say([Styled("ok ", "green"), "\x1b[31mred"])
    assert capsys.readouterr().err == "\x1b[32mok \x1b[0m\\x1b[31mred\n"


@pytest.mark.parametrize("write", ["data('result')", "document({})", "answers([{}])", "table(('A',), [])"])
def test_a_full_disk_behind_stdout_is_told_once_and_ends_the_run(write: str) -> None:
    """Python's own last flush stays silent."""
    script = f"""
from buildtool.errors import BuildtoolError
output = Output(Secrets(), color=False)
try:
    output.{write}
except BuildtoolError as error:
    output.error(error)
    raise SystemExit(error.kind.exit)
"""
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 -- a device
        argv = [sys.executable, "-c", RUN + script]
        done = subprocess.run(argv, text=True, check=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.startswith("error: the output cannot be written: No space left on device\n  why: ")
    assert done.stderr.count("\n") == 4


def test_a_full_disk_behind_stderr_ends_nothing() -> None:
    script = "output = Output(Secrets()); output.say('progress'); output.say('more'); output.data('r')"
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 -- a device
        argv = [sys.executable, "-c", RUN + script]
        done = subprocess.run(argv, text=True, check=False, stdout=subprocess.PIPE, stderr=full)
    assert (done.returncode, done.stdout) == (0, "r\n")


def test_a_reader_of_stdout_that_goes_away_ends_nothing() -> None:
    script = """
import sys
output = Output(Secrets())
assert not output.reader_gone
output.data("r" * 70_000)
output.data("more")
assert output.answers([{}]) is False
assert output.reader_gone
output.say("the end")
sys.exit(3)
"""
    reading, writing = os.pipe()
    os.close(reading)
    argv = [sys.executable, "-c", RUN + script]
    done = subprocess.run(argv, text=True, check=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (3, "the end\n")
