"""Calls at the same time: results and failures in order, and no waiting for what nobody needs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from buildtool.usecases.side_by_side import Task, side_by_side, wait_for_all

if TYPE_CHECKING:
    from collections.abc import Callable


def failing(error: BaseException) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_results_come_in_the_order_of_the_calls(count: int) -> None:
    assert side_by_side([lambda number=number: number for number in range(count)]) == list(range(count))  # type: ignore[misc]


def test_the_calls_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=30)
    assert sorted(side_by_side([both.wait, both.wait])) == [0, 1]


def test_one_call_runs_in_this_thread() -> None:
    assert side_by_side([threading.current_thread]) == [threading.current_thread()]
    assert threading.current_thread() not in side_by_side([threading.current_thread] * 2)


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3)])
def test_the_first_failure_in_order_is_raised(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        side_by_side([lambda: 1, failing(error), failing(OSError("later"))])
    assert caught.value is error


def test_a_result_may_be_none() -> None:
    task = Task(lambda: None)
    assert task.result() is None
    assert (task.done, task.value, task.error) == (True, None, None)


def test_a_failure_is_kept_until_somebody_asks() -> None:
    error = ValueError("x")
    task = Task(failing(error))
    task.wait()
    assert (task.done, task.error) == (True, error)
    with pytest.raises(ValueError, match="x"):
        task.result()


def test_waiting_ends_when_all_have_ended() -> None:
    go = threading.Event()
    tasks = [Task(go.wait), Task(lambda: True)]
    assert not tasks[0].done
    go.set()
    wait_for_all(tasks, None)
    assert [task.done for task in tasks] == [True, True]
    wait_for_all([], None)


def test_waiting_ends_after_its_time_or_when_it_is_told_so() -> None:
    never = threading.Event()
    task = Task(never.wait)
    try:
        wait_for_all([task], 0.01)
        assert not task.done
        asked: list[int] = []

        def stop() -> bool:
            asked.append(1)
            return len(asked) > 2

        wait_for_all([task], None, stop)
        assert len(asked) == 3
        assert not task.done
    finally:
        never.set()
