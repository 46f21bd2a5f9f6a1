"""The questions of `init` on a real terminal: five at most, and nothing is written before the last is answered."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.gitrepos import git
from tests.support.odd_repos import ODD
from tests.support.scratch_repos import SHAPES

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = "127.0.0.1:5000"
QUESTION = re.compile(rb"^(?![^\r\n]*no answer to)[^\r\n]*\?(?: \(y/n\))?(?: \[[^\]\r\n]*\])?\r\n", re.MULTILINE)
END, INTERRUPT = "\x04", "\x03"


def changed(folder: Path) -> str:
    return git(folder, "status", "--porcelain", "--untracked-files=all")


def on_a_terminal(folder: Path, answers: list[str], *arguments: str) -> tuple[int, str, list[str]]:
    """Run `init` on a terminal of its own and type one answer for each question.

    The exit code, what was shown, and what had changed in the repository at each question.
    """
    leader, follower = pty.openpty()
    argv = ["setsid", "--ctty", "--wait", sys.executable, "-m", "buildtool", "init", *arguments]
    seen: list[str] = []
    left, shown = list(answers), b""
    with subprocess.Popen(argv, cwd=folder, stdin=follower, stdout=follower, stderr=follower) as running:
        os.close(follower)
        try:
            while part := os.read(leader, 1 << 16):
                shown += part
                while len(QUESTION.findall(shown)) > len(seen):
                    seen.append(changed(folder))
                    os.write(leader, (left.pop(0) if left else END).encode())
        except OSError:  # the other end is closed
            pass
        code = running.wait()
    os.close(leader)
    return code, shown.decode(), seen


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return SHAPES["no-manifests"](tmp_path / "shop", REGISTRY)


def test_five_questions_and_a_wrong_answer(repo: Path) -> None:
    answers = ["http://x\n", f"{REGISTRY}/team\n", "y\n", "linux/arm64\n", "\n", "y\n"]
    code, shown, seen = on_a_terminal(repo, answers)
    assert code == 0, shown
    assert "drop" in shown  # the first answer was no registry
    asked = ("Registry,", "plain HTTP?", "Platforms,", "Deploy branch?", "Write 4 files?")
    assert [shown.count(words) for words in asked] == [2, 1, 1, 1, 1]
    assert seen == [""] * 6
    text = (repo / "buildtool.toml").read_text()
    assert f'registry = "{REGISTRY}/team"' in text
    assert 'platforms = ["linux/arm64"]' in text
    assert "insecure = true" in text


def test_an_empty_line_takes_what_was_found(tmp_path: Path) -> None:
    folder = SHAPES["one-image"](tmp_path / "shop", REGISTRY)
    code, shown, seen = on_a_terminal(folder, ["\n"] * 5)
    assert code == 0, shown
    assert f"Registry, as host[:port][/project]? [{REGISTRY}]" in shown
    assert seen == [""] * 5
    text = (folder / "buildtool.toml").read_text()
    assert text.startswith(f'registry = "{REGISTRY}"')
    assert "insecure" not in text  # the usual answer, since nothing says that it speaks plain HTTP
    assert 'platforms = ["linux/amd64"]' in text


@pytest.mark.parametrize("given", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("key", "codes"), [(END, {2}), (INTERRUPT, {130})])
def test_an_end_at_any_question_writes_nothing(repo: Path, given: int, key: str, codes: set[int]) -> None:
    answers = [f"{REGISTRY}\n", "n\n", "\n", "\n"][: given - 1]
    code, shown, seen = on_a_terminal(repo, [*answers, key])
    assert code in codes, shown
    assert len(seen) == given
    assert changed(repo) == ""
    assert "Traceback" not in shown


def test_no_is_an_answer(repo: Path) -> None:
    code, shown, _ = on_a_terminal(repo, [f"{REGISTRY}\n", "n\n", "\n", "\n", "n\n"])
    assert (code, changed(repo)) == (0, ""), shown
    assert "nothing was written" in shown


@pytest.mark.parametrize(
    ("before", "wrong", "words"),
    [
        ([], "a b\n", "no answer to: Registry"),
        ([], "\n", "an answer is needed"),
        ([f"{REGISTRY}\n"], "perhaps\n", "answer y or n"),
        ([f"{REGISTRY}\n", "n\n"], "arm64\n", 'write "linux/arm64"'),
        ([f"{REGISTRY}\n", "n\n", "\n"], "a..b\n", "not the name of a branch"),
        ([f"{REGISTRY}\n", "n\n", "\n"], "a b\n", "not the name of a branch"),
        ([f"{REGISTRY}\n", "n\n", "\n", "\n"], "maybe\n", "answer y or n"),
    ],
)
def test_three_wrong_answers_end_the_run(repo: Path, before: list[str], wrong: str, words: str) -> None:
    code, shown, _ = on_a_terminal(repo, [*before, wrong, wrong, wrong])
    assert (code, changed(repo)) == (2, ""), shown
    assert words in shown


def test_what_the_options_say_is_not_asked(repo: Path) -> None:
    arguments = ("--registry", REGISTRY, "--insecure", "--platform", "linux/amd64", "--branch", "main")
    code, shown, seen = on_a_terminal(repo, ["y\n"], *arguments)
    assert (code, len(seen)) == (0, 1), shown
    assert "Write 4 files?" in shown


def test_a_detached_head_offers_main(tmp_path: Path) -> None:
    folder = ODD["detached"](tmp_path / "r", f"{REGISTRY}/p")
    code, shown, _ = on_a_terminal(folder, ["\n", "y\n", "\n", "\n", "y\n"])
    assert code == 0, shown
    assert "Deploy branch? [main]" in shown
    assert "branch: main" in (folder / "flux/image-automation.yaml").read_text()


def test_a_second_run_asks_nothing(repo: Path) -> None:
    assert on_a_terminal(repo, [f"{REGISTRY}\n", "y\n", "\n", "\n", "y\n"])[0] == 0
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--message", "x")
    code, shown, _ = on_a_terminal(repo, ["\n"])
    assert (code, changed(repo)) == (0, ""), shown
    assert "nothing to do" in shown
