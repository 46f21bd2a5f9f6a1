"""The questions of `buildtool init` on a terminal: five at most, each with the answer that was found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from buildtool.config.value_problems import platform_problem
from buildtool.errors import INIT_ANSWER_MISSING, BuildtoolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from buildtool.cli.output import Output

_TRIES = 3
_LONGEST = 4096
_YES, _NO = frozenset({"y", "yes"}), frozenset({"n", "no"})


def can_ask() -> bool:
    """Whether somebody can answer: stdin and stderr are a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def ask(output: Output, question: str, usual: str, problem: Callable[[str], str | None] = lambda _: None) -> str:
    """One answer as text, `usual` for an empty line; asked again where `problem` says what is wrong with it."""
    for _ in range(_TRIES):
        output.say(f"{question}{f' [{usual}]' if usual else ''}")
        line = sys.stdin.readline(_LONGEST)
        if not line:
            break
        answer = line.strip() or usual
        wrong = problem(answer) if answer else "an answer is needed"
        if not wrong:
            return answer
        output.warn(wrong)
    raise BuildtoolError(INIT_ANSWER_MISSING, f"no answer to: {question}")


def agrees(output: Output, question: str, *, usual: bool) -> bool:
    """Yes or no."""
    answer = ask(output, f"{question} (y/n)", "y" if usual else "n", _yes_or_no)
    return answer.lower() in _YES


def _yes_or_no(answer: str) -> str | None:
    return None if answer.lower() in _YES | _NO else "answer y or n"


def platforms_problem(answer: str) -> str | None:
    return next((wrong for one in answer.split(",") if (wrong := platform_problem(one.strip()))), None)
