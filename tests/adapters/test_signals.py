"""Signals wait while tags are written, and are acted on afterwards."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from buildtool.adapters.signals import ENDING, EndingSignals


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
