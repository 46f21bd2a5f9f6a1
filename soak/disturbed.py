"""Runs that are killed or interrupted at a random moment, each followed by one that nobody disturbs."""

from __future__ import annotations

import contextlib
import signal
import time
from typing import TYPE_CHECKING

from soak.promises import CODE, at_once, in_the_end
from soak.table import Row
from soak.world import ended

if TYPE_CHECKING:
    import random
    import subprocess  # noqa: TID251 -- its type alone
    from collections.abc import Callable

    from soak.promises import Broken
    from soak.world import Ended, Site

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PUBLISHED = {0, 17}


def kills(site: Site, times: int, dice: random.Random) -> Row:
    """`kill -9`: nothing can be said any more, and nothing put right."""

    def kill(run: subprocess.Popen[str]) -> None:
        _send(run, signal.SIGKILL)

    return _disturbed(Row("kill -9"), site, times, dice, kill, lambda _: "")


def interruptions(site: Site, times: int, dice: random.Random) -> Row:
    """INT, TERM and HUP, every second one followed by more of them."""

    def interrupt(run: subprocess.Popen[str]) -> None:
        number = dice.choice(_SIGNALS)
        for _ in range(dice.choice((1, 1, 2, 3))):
            _send(run, number)
            time.sleep(dice.uniform(0, 0.3))

    return _disturbed(Row("INT, TERM, HUP, single and double"), site, times, dice, interrupt, _wrong_answer)


def _disturbed(
    row: Row,
    site: Site,
    times: int,
    dice: random.Random,
    disturb: Callable[[subprocess.Popen[str]], None],
    wrong: Callable[[Ended], str],
) -> Row:
    usual = _seconds_of_a_push(site)
    for _ in range(times):
        commit = site.change()
        run = site.begin()
        time.sleep(dice.uniform(0, usual * 1.1))
        disturb(run)
        end = ended(run)
        broken = at_once(site)
        reason = wrong(end)
        if reason:
            broken.append((CODE, f"{reason}: {end}"))
        row.add(published=end.code in _PUBLISHED, broken=broken + _afterwards(site, commit))
    return row


def _seconds_of_a_push(site: Site) -> float:
    """The longest of three that nobody disturbs."""
    longest = 0.0
    for _ in range(3):
        site.change()
        began = time.monotonic()
        end = site.push()
        if end.code:
            raise RuntimeError(f"a push that nobody disturbs fails: {end}")
        longest = max(longest, time.monotonic() - began)
    return longest


def _afterwards(site: Site, commit: str) -> list[Broken]:
    """One run that nobody disturbs makes everything whole."""
    end = site.push()
    answer: list[Broken] = [(CODE, f"the undisturbed run after it: {end}")] if end.code else []
    return answer + in_the_end(site, commit)


def _wrong_answer(end: Ended) -> str:
    """A run that can still speak says whether anything is published."""
    if end.code not in {0, 17, 130}:
        # while Python itself starts, a signal ends it as it ends any program: nothing of ours has run
        return "" if -end.code in _SIGNALS and "buildtool/cli" not in end.stderr else "the exit code"
    if "Traceback" in end.stderr:
        return "a traceback"
    return "it does not say what is published" if end.code == 17 and "published " not in end.stderr else ""


def _send(run: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        run.send_signal(number)
