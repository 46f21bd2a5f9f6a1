"""The way in and the way out: global options, failures, bugs, signals, closed pipes, and what --help costs."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from buildtool.cli import main as module
from buildtool.cli.main import COMMANDS, main
from buildtool.cli.options import COMPLETION
from tests.support.buildtool import buildtool
from tests.support.gitrepos import repository

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: hunter22}\n"
HEAVY = {"docker", "git", "httpx", "re2", "requests", "rich", "semver", "tenacity", "yaml"}


def loaded(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> set[str]:
    """The heavy packages, and our commands, in sys.modules after a command."""
    script = (
        "import sys\nfrom buildtool.cli.main import main\n"
        f"try:\n    main({list(arguments)!r})\n"
        "except SystemExit:\n    pass\n"
        "print('\\n' + ' '.join(sorted(sys.modules)))"
    )
    environment = {**os.environ, **(env or {})}
    argv = [sys.executable, "-c", script]
    done = subprocess.run(argv, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    modules = {module for module, _, _ in COMMANDS.values()}
    return (HEAVY | modules) & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments", [("tag",), ("explain",), ("push", "--help"), ("completion", "bash"), ("completion", "fish")]
)
def test_click_and_the_core_are_enough(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments, cwd=repository(tmp_path / "repo")) == {COMMANDS[arguments[0]][0]}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ()])
def test_help_imports_no_command(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments, cwd=tmp_path) == set()


@pytest.mark.parametrize(("words", "command"), [("", None), ("pu", None), ("--", None), ("push ", "push")])
def test_tab_imports_the_command_on_the_line_and_no_more(tmp_path: Path, words: str, command: str | None) -> None:
    line = {COMPLETION: "bash_complete", "COMP_WORDS": f"buildtool {words}", "COMP_CWORD": str(1 + words.count(" "))}
    expected = {COMMANDS[command][0]} if command else set()
    assert loaded(cwd=repository(tmp_path / "repo"), env=line) == expected


def test_help_lists_every_command(tmp_path: Path) -> None:
    ran = buildtool("--help", cwd=tmp_path)
    assert ran.code == 0
    assert all(f"  {name} " in ran.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_takes_the_global_options(tmp_path: Path, name: str) -> None:
    assert buildtool(name, "--help", cwd=tmp_path).code == 0
    ran = buildtool(name, "-C", str(tmp_path), "--color", "never", "--help", cwd=tmp_path)
    assert ran.code == 0, ran


def test_options_before_or_after_the_command(tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo")
    before = buildtool("-C", str(folder), "tag", cwd=tmp_path)
    after = buildtool("tag", "-C", str(folder), cwd=tmp_path)
    assert before.code == after.code == 0
    assert before.stdout[:12] == after.stdout[:12]


@pytest.mark.parametrize(
    "arguments",
    [(), ("no-such-command",), ("push", "--no-such-option"), ("-C", "/no/such/folder", "tag"), ("explain", "x")],
)
def test_what_cannot_be_understood(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = buildtool(*arguments, cwd=tmp_path)
    assert ran.code == 2
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr


def test_color_is_for_people(tmp_path: Path) -> None:
    assert "\x1b[" not in buildtool("explain", "x", cwd=tmp_path).stderr
    assert "\x1b[" in buildtool("--color", "always", "explain", "x", cwd=tmp_path).stderr
    assert "\x1b[" not in buildtool("explain", "x", cwd=tmp_path, env={"NO_COLOR": "1"}).stderr


def test_a_bug_is_a_report_to_paste(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("division by token=hunter22 of https://me:pa55word@host")

    monkeypatch.setattr(module.cli, "main", broken)
    with pytest.raises(SystemExit) as ended:
        main(["tag"])
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "pa55word" not in said


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    """`buildtool explain | head -1` is no failure."""
    script = 'set -o pipefail; "$0" -m buildtool explain | head -1'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("CODE")
    assert done.stderr == ""


def closed_pipe(*arguments: str, cwd: Path) -> tuple[int, str]:
    """Exit code and stderr of a command whose stdout nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    argv = [sys.executable, "-m", "buildtool", *arguments]
    done = subprocess.run(argv, cwd=cwd, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["push", "--help"], ["policy", "eval", "-h"], ["--version"]])
def test_help_that_nobody_reads(tmp_path: Path, arguments: list[str]) -> None:
    assert closed_pipe(*arguments, cwd=tmp_path) == (0, "")


@pytest.mark.parametrize("style", ["text", "json", "github", "sarif"])
def test_a_reader_that_goes_away_turns_no_answer_round(tmp_path: Path, style: str) -> None:
    folder = repository(tmp_path / "repo")
    (folder / "bad.yaml").write_text(SECRET)
    argv = ["check", "--format", style]
    expected = buildtool(*argv, cwd=folder)
    assert expected.code == 3, expected
    code, said = closed_pipe(*argv, cwd=folder)
    assert (code, said) == (3, expected.stderr)


def test_a_good_answer_that_nobody_reads_stays_good(tmp_path: Path) -> None:
    assert closed_pipe("tag", cwd=repository(tmp_path / "repo")) == (0, "")


@pytest.mark.parametrize("command", [["policy", "eval"], ["setters", "preview", "--jsonl"]])
def test_endless_questions_end_when_nobody_reads_the_answers(tmp_path: Path, command: list[str]) -> None:
    line = '{"id": 1, "policy": {"numerical": {}}, "policies": [], "files": {}, "tags": ["1"]}'
    script = f"yes '{line}' | \"$0\" -m buildtool {' '.join(command)} | head -1; echo ${{PIPESTATUS[1]}}"
    done = subprocess.run(
        ["bash", "-c", script, sys.executable], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    answer, code = done.stdout.splitlines()
    assert json.loads(answer)["id"] == 1
    assert (code, done.stderr) == ("0", "")


@pytest.mark.parametrize("arguments", [["tag"], ["check"], ["check", "--json"], ["policy", "explain", "x"]])
def test_a_full_disk_behind_stdout_is_no_answer(tmp_path: Path, arguments: list[str]) -> None:
    folder = repository(tmp_path / "repo")
    (folder / "bad.yaml").write_text(SECRET)
    argv = [sys.executable, "-m", "buildtool", *arguments]
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 -- a device
        done = subprocess.run(argv, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "error: " in done.stderr
    assert done.stderr.count("\n  fix: ") == 1


def test_a_closed_pipe_of_another_program_is_no_reader_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Click ends a run at every EPIPE, in silence."""

    def broken(self: object, ctx: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("click.Group.invoke", broken)
    with pytest.raises(SystemExit) as ended:
        main(["check"])
    assert ended.value.code == 1
    assert "This is a bug in buildtool" in capsys.readouterr().err


def test_an_interruption_while_a_class_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python 3.11 makes a RuntimeError of whatever __set_name__ raises."""

    class Interrupting:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def broken(**_: object) -> None:
        type("Made", (), {"member": Interrupting()})

    monkeypatch.setattr(module.cli, "main", broken)
    with pytest.raises(SystemExit) as ended:
        main(["tag"])
    assert ended.value.code == 130
    assert capsys.readouterr().err.startswith("error: interrupted\n")


def test_a_fix_names_the_command_that_ran(tmp_path: Path) -> None:
    ran = buildtool("setters", "preview", "--jsonl", "--full", cwd=tmp_path)
    assert ran.code == 2
    assert "fix: see buildtool setters --help" in ran.stderr


def test_our_own_variables_reach_no_program_that_a_library_starts(tmp_path: Path) -> None:
    """GitPython runs `git version` with the whole environment of the process, as soon as it is imported."""
    shim = tmp_path / "bin/git"
    shim.parent.mkdir()
    text = f'#!/bin/sh\nenv >> {tmp_path}/seen\nexec {shutil.which("git")} "$@"\n'
    shim.write_text(text, encoding="utf-8")
    shim.chmod(0o755)
    script = (
        "from buildtool.cli.main import cli; from buildtool.cli.output import Output\n"
        "from buildtool.core.text.secrets import Secrets\n"
        "cli.main(args=['tag'], standalone_mode=False, obj=Output(Secrets()))\nimport git\n"
    )
    repository(tmp_path / "repo")
    environment = {**os.environ, "PATH": f"{shim.parent}:{os.environ['PATH']}", "BUILDTOOL_TAG_SHA_LENGTH": "12"}
    environment["BUILDTOOL_REGISTRY_PASSWORD"] = "hunter22"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path / "repo",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(done.stdout.split("-")[1]) == 12, "they count all the same"
    seen = (tmp_path / "seen").read_text()
    assert "GIT_TERMINAL_PROMPT=0" in seen
    assert "BUILDTOOL_" not in seen


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_with_130(tmp_path: Path, number: signal.Signals) -> None:
    """While it waits for more input: the answer to the first line says that it does."""
    argv = [sys.executable, "-m", "buildtool", "policy", "eval"]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, cwd=tmp_path, text=True, bufsize=1) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdin.write('{"id": 1, "policy": {"numerical": {}}, "tags": ["1"]}\n')
        assert '"latest": "1"' in run.stdout.readline()
        run.send_signal(number)
        assert run.wait(20) == 130
        assert "interrupted" in run.stderr.read()


def test_an_interruption_while_modules_are_imported_is_no_traceback(tmp_path: Path) -> None:
    """The import system meets ^C in a module that is slow to load."""
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    root = Path(module.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"}
    argv = [sys.executable, "-m", "buildtool", "tag"]
    done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
