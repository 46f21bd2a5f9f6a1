"""Signals wait while tags are written, and are acted on afterwards."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from buildtool.adapters.signals import ENDING, EndingSignals, ignore_all, interrupt_at_all


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_waits_until_the_block_has_ended(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    done: list[object] = []

    def block() -> None:
        with EndingSignals().held() as interrupted:
            done.append(interrupted())
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)  # people press ^C twice
            done.append(interrupted())
            done.append("to the end")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done == [False, True, "to the end"]
    assert signal.getsignal(number) is before


def test_an_error_of_the_block_goes_before_the_interruption() -> None:
    def block() -> None:
        with EndingSignals().held():
            os.kill(os.getpid(), signal.SIGTERM)
            raise ValueError("what is left")

    with pytest.raises(ValueError, match="what is left"):
        block()


def test_nothing_came() -> None:
    with EndingSignals().held() as interrupted:
        assert not interrupted()


def test_in_another_thread_the_block_runs_as_it_is() -> None:
    found: list[bool] = []

    def block() -> None:
        with EndingSignals().held() as interrupted:
            found.append(interrupted())

    thread = threading.Thread(target=block)
    thread.start()
    thread.join()
    assert found == [False]


@pytest.mark.parametrize("number", ENDING)
def test_each_of_them_interrupts(number: signal.Signals) -> None:
    interrupt_at_all()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", ENDING)
def test_what_was_ignored_stays_ignored(number: signal.Signals) -> None:
    """`nohup buildtool push`, and a job in the background of a script."""
    signal.signal(number, signal.SIG_IGN)
    interrupt_at_all()
    os.kill(os.getpid(), number)
    with EndingSignals().held() as interrupted:
        os.kill(os.getpid(), number)
        assert not interrupted()
    assert signal.getsignal(number) is signal.SIG_IGN


@pytest.mark.parametrize("number", ENDING)
def test_at_the_end_none_counts(number: signal.Signals) -> None:
    interrupt_at_all()
    ignore_all()
    os.kill(os.getpid(), number)
    assert signal.getsignal(number) is signal.SIG_IGN
