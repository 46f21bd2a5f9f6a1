"""Several locks at once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildtool.usecases.push.locked import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = st.lists(st.sampled_from("abcd"), max_size=6)


class Locks:
    """Real locks by name; a name that is taken twice by one thread would wait for ever."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self._locks = {name: threading.Lock() for name in "abcd"}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        assert self._locks[name].acquire(timeout=10), f"{name} is never free"
        self.taken.append(name)
        try:
            yield
        finally:
            self._locks[name].release()

    def held(self) -> set[str]:
        return {name for name, lock in self._locks.items() if lock.locked()}


@given(NAMES)
def test_each_name_is_held_once_and_let_go(names: list[str]) -> None:
    locks = Locks()
    with locked(locks, names):
        assert locks.held() == set(names)
    assert locks.taken == sorted(set(names))
    assert locks.held() == set()


@given(NAMES)
def test_all_are_let_go_after_a_failure(names: list[str]) -> None:
    locks = Locks()
    with pytest.raises(RuntimeError), locked(locks, names):
        raise RuntimeError
    assert locks.held() == set()


def test_runs_that_name_them_in_another_order_do_not_wait_for_each_other() -> None:
    locks, done = Locks(), []

    def run(names: str) -> None:
        for _ in range(200):
            with locked(locks, names):
                pass
        done.append(names)

    threads = [threading.Thread(target=run, args=(names,)) for names in ("ab", "ba", "abc", "cba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == ["ab", "abc", "ba", "cba"]
