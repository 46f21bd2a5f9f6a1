"""TAB in real shells: commands, options, images and codes, and silence where nothing is known."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from buildtool.cli.main import COMMANDS, cli
from buildtool.cli.options import COMPLETION
from buildtool.errors.catalogue import by_code
from tests.support.buildtool import buildtool
from tests.support.gitrepos import git
from tests.support.hostile import SEQUENCES, obeyed
from tests.support.imports import ROOT
from tests.support.tmux import Tmux
from tests.support.tools import tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIGURATION = """\
registry = "127.0.0.1:1"
insecure = true
[images.backend]
dockerfile = "Dockerfile"
[images.backend-jobs]
dockerfile = "Dockerfile"
[images.frontend]
dockerfile = "Dockerfile"
"""
SHELLS = ["bash", "zsh", "fish"]
FLAGS = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}
# What each is told to do: load the script, then complete the words that are its arguments.
ASK = {
    "bash": 'eval "$(buildtool completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
    '_buildtool_completion buildtool; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": 'compdef() { :; }; eval "$(buildtool completion zsh)"; words=("$@"); CURRENT=$#; '
    '_describe() { print -rl -- ${(P)3%%:*}; }; compadd() { print -rl -- "${(@P)@[-1]}"; }; _buildtool_completion',
    "fish": 'buildtool completion fish | source; complete --do-complete="$argv" | string split --fields 1 \\t',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with three images, and a `buildtool` on PATH beside it."""
    where = tmp_path / "repo"
    where.mkdir()
    git(where, "init", "--quiet")
    (where / "buildtool.toml").write_text(CONFIGURATION, encoding="utf-8")
    program = tmp_path / "bin/buildtool"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m buildtool "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return where


def program(shell: str) -> list[str]:
    return [tool(shell, install=f"apt-get install {shell}"), *FLAGS[shell]]


def tab(shell: str, folder: Path, *words: str) -> list[str]:
    """What a real shell offers for the last word; nothing may be said on stderr."""
    argv = [*program(shell), "-c", ASK[shell]]
    argv += [
        *([] if shell == "fish" else ["shell"]),
        *(["buildtool " + " ".join(words)] if shell == "fish" else ["buildtool", *words]),
    ]
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "PATH": f"{folder.parent}/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
    }
    done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("shell", SHELLS)
def test_commands(folder: Path, shell: str) -> None:
    assert set(tab(shell, folder, "")) == set(COMMANDS)
    assert set(tab(shell, folder, "rollb")) == {"rollback", "rollback-handler"}


@pytest.mark.parametrize("shell", SHELLS)
def test_options(folder: Path, shell: str) -> None:
    assert tab(shell, folder, "push", "--allow-o") == ["--allow-older", "--allow-outside"]
    assert tab(shell, folder, "--col") == ["--color"]
    assert set(tab(shell, folder, "check", "--format", "")) == {"text", "json", "github", "sarif"}


@pytest.mark.parametrize("shell", SHELLS)
def test_images_that_are_not_typed_yet(folder: Path, shell: str) -> None:
    assert tab(shell, folder, "push", "") == ["backend", "backend-jobs", "frontend"]
    assert tab(shell, folder, "push", "frontend", "backend", "") == ["backend-jobs"]
    assert tab(shell, folder, "rollback", "--dry-run", "f") == ["frontend"]


@pytest.mark.parametrize("shell", SHELLS)
def test_codes(folder: Path, shell: str) -> None:
    assert set(tab(shell, folder, "explain", "proof-")) == {code for code in by_code() if code.startswith("proof-")}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_key_itself(folder: Path, shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal, where a person presses TAB."""
    monkeypatch.setenv("PATH", f"{folder.parent}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    load = {
        "bash": 'eval "$(buildtool completion bash)"',
        "zsh": 'autoload -Uz compinit; compinit -u; eval "$(buildtool completion zsh)"',
        "fish": "buildtool completion fish | source",
    }
    with Tmux(100, 20, folder, instead=program(shell)) as terminal:
        for key in (f"{load[shell]}; echo loaded", "Enter"):
            terminal.press(key)
        terminal.wait_for(lambda lines: "loaded" in lines)
        for key in ("buildtool pus", "Tab"):
            terminal.press(key)
        terminal.wait_for(lambda lines: any(line.endswith("buildtool push") for line in lines))
        for key in ("--dry", "Tab", "fr", "Tab"):
            terminal.press(key)
        line = "buildtool push --dry-run frontend"
        shown = terminal.wait_for(lambda lines: any(one.endswith(line) for one in lines))
    assert not any("Traceback" in one or "error" in one for one in shown)


def ask(cwd: Path, *words: str, env: dict[str, str] | None = None) -> list[str]:
    """The values that bash is given, without a bash."""
    line = {COMPLETION: "bash_complete", "COMP_WORDS": " ".join(["buildtool", *words]), "COMP_CWORD": str(len(words))}
    ran = buildtool(cwd=cwd, env={**line, **(env or {})})
    assert (ran.code, ran.stderr) == (0, ""), ran
    assert obeyed(ran.stdout) == []
    return [item.removeprefix("plain,") for item in ran.stdout.split()]


IMAGE_COMMANDS = [
    name
    for name in COMMANDS
    if (command := cli.get_command(cli.make_context("buildtool", [], resilient_parsing=True), name))
    and any(
        "IMAGE" in (parameter.metavar or "") and parameter.param_type_name == "argument" for parameter in command.params
    )
]


@pytest.mark.parametrize("name", IMAGE_COMMANDS)
def test_every_command_that_takes_images_offers_them(folder: Path, name: str) -> None:
    assert ask(folder, name, "b") == ["backend", "backend-jobs"]


def test_policies_are_named_by_their_images_too(folder: Path) -> None:
    assert ask(folder, "policy", "explain", "f") == ["frontend"]
    assert ask(folder, "policy", "") == ["eval", "explain"]


@pytest.mark.parametrize(
    "words", [("-C", "repo", "push", "f"), ("push", "-C", "repo", "f"), ("push", "--directory=repo", "f")]
)
def test_the_folder_that_was_typed(folder: Path, words: tuple[str, ...]) -> None:
    assert ask(folder.parent, *words) == ["frontend"]


def test_the_configuration_that_was_typed_or_set(folder: Path) -> None:
    (folder / "other.toml").write_text(CONFIGURATION.replace("frontend", "front-door"), encoding="utf-8")
    assert ask(folder, "--config", "other.toml", "push", "f") == ["front-door"]
    assert ask(folder, "push", "--config", "other.toml", "f") == ["front-door"]
    assert ask(folder, "push", "f", env={"BUILDTOOL_CONFIG": "other.toml"}) == ["front-door"]


HOSTILE = [
    "".join(f'[images."{text.encode("unicode_escape").decode()}"]\n'.replace("\\x", "\\u00") for text in SEQUENCES),
    '[images."back\\nend"]\n[images."$(touch pwned)"]\n[images."*"]\n[images."b,plain"]\n',
    "[" * 50_000,
    "images = 1\n",
    "\udcff",
    "",
    "x" * (2 << 20),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_is_said_in_a_hostile_repository(folder: Path, text: str) -> None:
    (folder / "buildtool.toml").write_text(text, encoding="utf-8", errors="surrogateescape")
    assert ask(folder, "push", "") == []
    assert tab("bash", folder, "push", "b") == []
    assert not (folder / "pwned").exists()


def test_one_bad_name_or_key_does_not_hide_the_good_names(folder: Path) -> None:
    (folder / "buildtool.toml").write_text(
        CONFIGURATION + '[images."back\\nend"]\n[images.web]\nx = 1\n', encoding="utf-8"
    )
    assert ask(folder, "push", "") == ["backend", "backend-jobs", "frontend", "web"]


@pytest.mark.parametrize("make", ["a folder", "a pipe", "a circle", "nothing"])
def test_what_is_no_file_offers_nothing(folder: Path, make: str) -> None:
    path = folder / "buildtool.toml"
    path.unlink()
    ways: dict[str, Callable[[], object]] = {
        "a folder": path.mkdir,
        "a pipe": lambda: os.mkfifo(path),
        "a circle": lambda: path.symlink_to(path),
        "nothing": lambda: None,
    }
    ways[make]()
    assert ask(folder, "push", "") == []


@pytest.mark.parametrize(
    "words", [{}, {"COMP_WORDS": "buildtool"}, {"COMP_WORDS": "buildtool push", "COMP_CWORD": "x"}, {"COMP_CWORD": "1"}]
)
def test_a_question_that_no_shell_asks_is_no_bug(folder: Path, words: dict[str, str]) -> None:
    ran = buildtool(cwd=folder, env={COMPLETION: "bash_complete", **words})
    assert (ran.code, ran.stdout, ran.stderr) == (2, "", "")


@pytest.mark.parametrize(
    "words", [("push", "'"), ("push", '"b'), ("-C", "/none", "push", ""), ("nothing", ""), ("--x", "")]
)
def test_lines_that_are_not_finished_or_wrong(folder: Path, words: tuple[str, ...]) -> None:
    assert set(ask(folder, *words)) <= {*COMMANDS, "backend", "backend-jobs", "frontend"}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_click_s_own(folder: Path, shell: str) -> None:
    printed = buildtool("completion", shell, cwd=folder)
    assert printed.code == 0
    assert printed.stdout.strip() == buildtool(cwd=folder, env={COMPLETION: f"{shell}_source"}).stdout.strip()
