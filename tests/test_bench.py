from __future__ import annotations

from bench.__main__ import main, names
from bench.table import Table, cold, megabytes, peak, seconds, warm


def test_benches_are_found_by_their_run() -> None:
    assert "policy" in names()
    assert "table" not in names()


def test_an_unknown_bench_is_refused() -> None:
    assert main(["nothing"]) == 2


def test_a_table_is_aligned() -> None:
    text = Table("title", ("case", "time"), [("a", "10 ms"), ("longer", "1 ms")], ("note",)).text()
    assert text.splitlines() == ["title", "  case     time", "  a       10 ms", "  longer   1 ms", "  note"]


def test_measures() -> None:
    assert warm(lambda: None, runs=1) >= 0
    assert cold(["-c", ""], runs=1) > 0
    assert peak(lambda: bytearray(1_000_000)) >= 1_000_000
    assert (seconds(0.0015), megabytes(2_500_000)) == ("1.5 ms", "2.5 MB")
