"""A few of the cases of `make fuzz`, in this process; and that the fuzzer itself finds what it looks for."""

from __future__ import annotations

import time

import pytest

from buildtool.errors import USAGE, BuildtoolError
from fuzz.__main__ import main
from fuzz.cases import LONGEST, case
from fuzz.runner import guarded, run_cases
from fuzz.target import Target
from fuzz.targets import TARGETS

CASES = 60


def nothing(_: int) -> None:
    """Nobody follows."""


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_sample(target: Target) -> None:
    assert list(run_cases(target, 1, range(CASES), nothing)) == []


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_seed_is_understood_or_refused_by_us(target: Target) -> None:
    numbers = range(len(target.seeds))
    assert [case(target, 9, number) for number in numbers] == list(target.seeds)
    assert list(run_cases(target, 9, numbers, nothing)) == []


def test_the_same_numbers_give_the_same_case() -> None:
    target = TARGETS["progress"]
    cases = [case(target, 1, number) for number in range(100)]
    assert cases == [case(target, 1, number) for number in range(100)]
    assert cases[: len(target.seeds)] == list(target.seeds)
    assert len(set(cases)) > 80
    assert max(map(len, cases)) <= LONGEST


def broken(data: bytes) -> None:
    if data != b"seed":
        raise KeyError(data)


def busy(_: bytes) -> None:
    end = time.process_time() + 2.1
    while time.process_time() < end:
        pass


def greedy(_: bytes) -> None:
    assert bytearray(400 << 20)


def refusing(_: bytes) -> None:
    raise BuildtoolError(USAGE, "no")


@pytest.mark.parametrize(
    ("run", "kinds"),
    [(broken, {"exception"}), (busy, {"slow"}), (greedy, {"memory"}), (refusing, set())],
)
def test_what_is_found(run: object, kinds: set[str]) -> None:
    target = Target("made", (b"seed",), run)  # type: ignore[arg-type]
    assert {finding.kind for finding in guarded(target, 1, 3 if run is not busy else 1)} == kinds


def test_a_target_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["no-such"])
    assert "progress" in capsys.readouterr().err


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", "20", "platform"]) == 0
    assert capsys.readouterr().out.endswith("20 cases, 0 findings\n")
